"""Who a name, a description or a pronoun means within one article."""
