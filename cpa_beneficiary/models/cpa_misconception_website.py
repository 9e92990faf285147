"""Frequent questions on the website: what people ask, and wrong ideas set right (P-10, P-14)."""

import re
import unicodedata

from odoo import api, models

from ..tools.text import ascii_digits

_FORMS = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None, "ئ": "ي", "ؤ": "و"})


def search_key(text):
    """Return text as it is searched: without case, accents, vowel signs and the forms of one letter."""
    plain = unicodedata.normalize("NFKD", ascii_digits(text).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_FORMS)


class CpaMisconception(models.Model):
    _inherit = "cpa.misconception"

    @api.model
    def _website_questions(self, policy=None, words=""):
        """Return questions with their answers.

        :param dict policy: as ``cpa.policy._website_in_force`` returns it
        :param str words: what is searched for: all of the words, in question or answer
        :return: list of dicts ``question``, ``answer``, ``link`` (label and address, or None), ``wrong`` (whether the
            question is a wrong idea that the answer sets right)
        """
        questions = [
            {"question": question, "answer": answer, "link": link, "wrong": False}
            for question, answer, link in self._website_common_questions(policy)
        ]
        questions += [
            {"question": wrong.name, "answer": wrong.answer, "link": None, "wrong": True}
            for wrong in self.sudo().search([("active", "=", True)])  # published answers: their text only
        ]
        # with or without the article, and whatever stands at the end of the word
        keys = [re.sub(r"^ال(?=..)|(?<=...)ه$", "", key) for key in re.findall(r"\w+", search_key(words[:100]))]
        return [
            question
            for question in questions
            if all(key in search_key(f"{question['question']} {question['answer']}") for key in keys)
        ]

    @api.model
    def _website_common_questions(self, policy):
        days = policy["days"] if policy else {}
        questions = [
            (
                self.env._("How do I apply?"),
                self.env._(
                    "Choose a service and press “Apply now”: a few short screens on your phone, and then you get a "
                    "number. You need no account. If paper suits you better, come to us or call us, and we fill in the "
                    "form with you."
                ),
                (self.env._("Choose a service"), "/services"),
            ),
            (
                self.env._("How do I know how my request stands?"),
                self.env._(
                    "By the number and the PIN on your receipt, at any hour. If you have lost them, call us: we find "
                    "your request together."
                ),
                (self.env._("Track a request"), "/track"),
            ),
            (
                self.env._("Do you keep a copy of my identity card?"),
                self.env._(
                    "No. We look at the original and note that we have seen it. Please send no photo of an identity "
                    "card: the law does not allow copies of it."
                ),
                None,
            ),
            (
                self.env._("Can somebody apply for me?"),
                self.env._(
                    "Yes: the guardian of a child, whoever holds your power of attorney, or somebody who cares for you "
                    "and fills in the form with you. You sign, or who may sign for you."
                ),
                None,
            ),
            (
                self.env._("I cannot come to your office. What then?"),
                self.env._(
                    "You need not. Most services work by telephone or on the website. Where a visit is needed, our "
                    "researcher comes to you, or the nearest branch office receives you."
                ),
                (self.env._("Call me"), "/call-me"),
            ),
            (
                self.env._("Who sees my data?"),
                self.env._(
                    "Only those who handle your request. You may see your data, have it corrected, receive it or have "
                    "it deleted, at any time."
                ),
                None,
            ),
        ]
        if days:
            questions[1:1] = [
                (
                    self.env._("When do I get a reply?"),
                    self.env._(
                        "Your receipt names the day. What the research committee decides takes not less than %(floor)s "
                        "days, and we aim to reply by day %(target)s. All else we answer within %(target)s days.",
                        floor=days["floor"],
                        target=days["target"],
                    ),
                    (self.env._("How your request is handled"), "/how"),
                ),
                (
                    self.env._("My request was rejected. What can I do?"),
                    self.env._(
                        "You may appeal within %(days)s days of the reply. The reasons stand in the letter. Whoever "
                        "has a conflict of interest does not hear the appeal.",
                        days=days["appeal"],
                    ),
                    None,
                ),
            ]
        return questions
