"""Making do with what there is, by hand, where a level is just reached and a choice has several parts."""

from __future__ import annotations

from typing import Any

from tests.textbook.test_by_hand import at, day, direct


def test_a_level_of_use_begins_below_its_cover_and_ends_at_its_end(simulate: Any) -> None:
    """Mornings of 60, 50 (five days, not below them), 40: two of ten are withheld, and of 32; 46 more make 70.

    That is seven days to the unit, the level's end: nothing is withheld, and ten a day are used again.
    """
    use = "use_levels: [{at: clinic, contingency: {below: 5d, until: 7d, saves: 20%}}]"
    text = direct(6, more=f"stock: [{{at: clinic, on_hand: 60}}]\n{use}", level=7)
    run = simulate(text.replace("base_stock, level: 7", "push, quantity: 46, review: 60d, first_review: 2d"))
    assert at(run, "clinic", "received") == [0, 0, 0, 0, 46, 0]
    assert at(run, "clinic", "conserved") == [0, 0, 2, 2, 0, 0]
    assert at(run, "clinic", "on_hand") == [50, 40, 32, 24, 60, 50]


def test_each_substitute_is_accepted_by_its_share_of_all_who_lack(simulate: Any) -> None:
    """Ten lack a. Six of ten would take b and six do; five of ten would take c, and the four who are left do."""
    run = simulate(f"""
end: {day(1)}
products:
  a: {{unit: vial, substitutes: {{b: {{share: 60%}}, c: {{share: 50%}}}}}}
  b: {{unit: vial}}
  c: {{unit: vial}}
suppliers: {{maker: {{makes: {{a: {{}}, b: {{}}, c: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: maker, to: clinic, time: 9d}}]
demand:
  - {{at: clinic, product: a, per_day: 10, distribution: deterministic}}
  - {{at: clinic, product: b, per_day: 1, distribution: deterministic}}
  - {{at: clinic, product: c, per_day: 1, distribution: deterministic}}
stock: [{{at: clinic, products: [a], on_hand: 0}}, {{at: clinic, products: [b, c], on_hand: 50}}]
replenishment: [{{at: clinic, policy: base_stock, level: 0}}]
""")
    clinic = run.daily[run.daily["site"] == "clinic"].set_index("product")
    assert clinic["substituted"].to_dict() == {"a": 10, "b": 0, "c": 0}
    assert clinic["stood_in"].to_dict() == {"a": 0, "b": 6, "c": 4}
    assert clinic["on_hand"].to_dict() == {"a": 0, "b": 50 - 1 - 6, "c": 50 - 1 - 4}
