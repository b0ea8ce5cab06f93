"""Sphinx configuration: every Markdown page that we write, by MyST, and the docstrings of the Python interface.

Nothing comes from the net.

The source is the whole repository, so that a link from any page to any file of it is followed, and a dead one found.
"""

from __future__ import annotations

import sim

project = "Tideover"
author = "The Tideover contributors"
copyright = author
version = release = sim.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "examples/**/*.md"]
exclude_patterns = [".*", "build", "dist", "docs/_build"]
suppress_warnings = ["misc.highlighting_failure"]  # what a command prints is not always a language

# Formulas are written as code: the default renderer of mathematics would load a script from the net.
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

default_role = "code"  # `name` in a docstring
napoleon_google_docstring = False
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = "Tideover"
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_show_sourcelink = False
