"""Sphinx configuration: Markdown pages by MyST, the reference from docstrings, nothing from the net."""

from __future__ import annotations

import sim

project = "Tideover"
author = "The Tideover contributors"
copyright = author
version = release = sim.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = False

# Formulas are written as code: the default renderer of mathematics would load a script from the net.
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = "Tideover"
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_show_sourcelink = False
