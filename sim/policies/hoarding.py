"""Hoarding: buyers who see little of their orders filled order more than they need."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import Days, Number, Share, Text


class Hoarding(Model):
    """Some buyers raise the level they order up to while sources fill little of their open orders.

    What they look at is the share of open orders that was sent of those due, each day, remembered for a while: of their
    own orders, or of all that they see. What is being made in its usual time, or waits for its round, is not due.
    Under `below` they begin to order more, in a straight line up to `at_most` times the level where nothing is filled.
    When supply recovers they calm down as they remember.
    """

    at: SelectorField
    """sites that order"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    sees: Literal["own", "source", "region"] = "own"
    """whose orders of the product they look at: their own, those of all that buy from the same sources, or those of all
    buyers in their region"""
    below: Share = Field(default=0.9, gt=0)
    """share of open orders filled a day under which buyers see scarcity"""
    at_most: Number = Field(default=2.0, ge=1, le=1000)
    """times the level they would order up to, where nothing at all is filled"""
    memory: Days = Field(default=7.0, ge=1)
    """how long they remember: weight of the past falls by 1 / memory a day"""
    trust: Share = 0.0
    """how much of this is kept away by stocks that all can see and allocations that all have agreed; 100%: all of it"""
