"""What officers, managers, jurors and a candidate do after a closing, on each of their pages, as their hands would."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.journeys.candidate import unfold
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor, see

MONDAY = datetime(2018, 11, 5, 8, tzinfo=UTC)  # 09:00 in Paris, three days after the closing of the call
HEARING_DAY = "2018-11-12"
DURING = datetime(2018, 11, 12, 8, 40, tzinfo=UTC)  # the hearing of 09:00 is nearly over
AFTER = datetime(2018, 11, 14, 9, tzinfo=UTC)
REASONS = "Un projet solide, soutenu par les deux départements."
NOBODY = "Ma sœur y travaille."


@dataclass
class Procedure:
    """A call that has closed, with one dossier submitted, and the people who take it to its results.

    `look` is called at each step worth looking at; a journey that only checks that all works gives one that does not.
    """

    portal: Portal
    arrive: Callable[[], Visitor]
    look: Callable[[Visitor, str], None]

    def __post_init__(self) -> None:
        self._people: dict[str, Visitor] = {}

    @property
    def number(self) -> str:
        """The number of the candidacy."""
        return self.portal.person("candidate")["number"]

    def as_(self, name: str) -> Visitor:
        """That person, at their own browser."""
        if name not in self._people:
            self._people[name] = self.arrive().signed_in_as(name)
        return self._people[name]

    # --- the officer, then the manager, examine

    def examine(self) -> None:
        """Tick everything, admit, find eligible, assess."""
        self.portal.set_clock(MONDAY)
        visitor = self.as_("officer")
        page = visitor.go("/admin/")
        self.look(visitor, "accueil du bureau")
        page.get_by_role("link", name="Prendre le suivant").first.click()
        self.look(visitor, "poste d’instruction")
        page.get_by_role("button", name="Proposer ce que la machine voit conforme").click()
        for line in page.locator("ul.checklist > li").all():
            if line.locator("input[type=radio][value='']").is_checked():
                line.get_by_label("sans objet").check()
        page.get_by_role("button", name="Enregistrer les contrôles").click()
        _done(page, "10 contrôles enregistrés")
        _press(page, "recevable/")
        _done(page, "Le dossier est recevable")
        _press(page, "/eligible/")
        _done(page, "La candidature est éligible")
        self._assess(page)
        self.look(visitor, "candidature évaluée")

    def _assess(self, page: Page) -> None:
        form = page.locator("form[action$='/evaluation/']")
        unfold(page, "form[action$='/evaluation/'] textarea")
        for mark in form.locator("input[type=radio][value='4']").all():
            mark.check()
        form.locator("textarea").fill("Un projet solide.")
        form.get_by_role("button", name="Enregistrer l’évaluation").click()
        _done(page, "L’évaluation est enregistrée")

    def shortlist(self) -> None:
        """Choose the candidacy for a hearing; its candidate learns it from the convocation only."""
        visitor = self.as_("manager")
        page = visitor.go("/admin/")
        page.get_by_role("link", name="À présélectionner").click()
        page.locator("input[name=chosen]").check()
        self.look(visitor, "présélection")
        page.get_by_role("button", name="À auditionner", exact=True).click()
        _done(page, "1 candidature à auditionner")

    # --- the jury

    def constitute(self) -> None:
        """A jury of three, a panel, its dossier."""
        visitor = self.as_("manager")
        page = visitor.go("/admin/juries/jury/add/")
        page.locator("[name=quorum]").fill("2")
        self.look(visitor, "constituer un jury")
        page.get_by_role("button", name="Constituer le jury").click()
        for role, name in (("chair", "chair"), ("juror", "juror"), ("juror", "recused juror")):
            page.get_by_role("link", name="Inviter une personne").click()
            page.locator("[name=name]").fill(name.capitalize())
            page.locator("[name=email]").fill(self.portal.person(name)["email"])
            page.locator("[name=role]").select_option(role)
            page.get_by_role("button", name="Inviter").click()
            _done(page, "L’invitation part à")
        self.look(visitor, "jury composé")
        self._fill_a_panel(page)
        self.look(visitor, "panel")

    def _fill_a_panel(self, page: Page) -> None:
        page.get_by_role("link", name="Panels").click()
        page.locator("[name=name]").fill("Panel A")
        page.get_by_role("button", name="Créer le panel").click()
        page.get_by_role("link", name="Panel A").first.click()
        for name in ("Chair", "Juror", "Recused juror"):
            unfold(page, "form[action$='/membres/'] select")
            seats = page.locator("form[action$='/membres/'] [name=seat]")
            label = seats.locator("option", has_text=re.compile(f"^{name}")).inner_text()
            seats.select_option(label=label)
            page.locator("form[action$='/membres/'] [type=submit]").click()
            _done(page, f"{name} est dans le panel")
        unfold(page, "form[action$='/candidatures/'] input[type=checkbox]")
        page.locator("form[action$='/candidatures/'] input[type=checkbox]").check()
        page.locator("form[action$='/candidatures/'] [type=submit]").click()
        _done(page, "1 candidature est attribuée")

    def swear_and_declare(self) -> None:
        """Three sign the charter and declare their ties; one stays out, and the dossier exists no more for them."""
        for name in ("chair", "juror", "recused juror"):
            visitor = self.as_(name)
            page = visitor.go("/jury/")
            page.get_by_role("link", name="Lire et signer la charte").click()
            page.get_by_role("button", name="J’ai lu la charte et je la signe").click()
            page.get_by_role("link", name="Déclarer mes liens").first.click()
            if name == "recused juror":
                self.look(visitor, "déclarer ses liens")
                page.get_by_label("Déport", exact=False).check()
                page.locator("textarea:visible").fill(NOBODY)
            else:
                page.get_by_label("Aucun lien").check()
            page.get_by_role("button", name="Enregistrer mes déclarations").click()
            see(page, "1 déclaration est enregistrée")
        self._is_out(self.as_("recused juror"))

    def _is_out(self, visitor: Visitor) -> None:
        with visitor.expecting("404"):
            page = visitor.go(f"/jury/dossiers/{self.number}/")
        expect(page.locator("body")).not_to_contain_text("Un hub d’essai")
        visitor.go("/jury/")
        expect(page.locator("main")).not_to_contain_text(self.number)

    def convene(self) -> None:
        """Offer slots, place the candidacy, convene it; the candidate confirms."""
        visitor = self.as_("manager")
        page = visitor.page
        page.get_by_role("link", name="Auditions", exact=True).click()
        page.get_by_role("link", name="Proposer des créneaux").click()
        for name, value in (
            ("on", HEARING_DAY),
            ("number", "2"),
            ("room", "Salle 2"),
            ("place", "12, rue de l’Exemple"),
        ):
            page.locator(f"[name={name}]").fill(value)
        page.get_by_role("button", name="Proposer les créneaux").click()
        _done(page, "2 créneaux sont proposés")
        page.get_by_role("link", name=self.number).click()
        page.locator("[name=slot]").first.check()
        page.get_by_role("button", name="Placer l’audition").click()
        self.look(visitor, "auditions de la semaine")
        page.get_by_role("link", name="Convoquer les candidats").click()
        page.get_by_role("button", name="Convoquer et envoyer les lettres").click()
        _done(page, "1 candidat est convoqué")
        self._confirm()

    def _confirm(self) -> None:
        visitor = self.as_("candidate")
        page = visitor.go(f"/dossiers/{self.number}/")
        see(page, "Votre candidature est présélectionnée")
        self.look(visitor, "présélectionnée")
        page.get_by_role("link", name="Lire la convocation et confirmer ma venue").click()
        page.get_by_role("button", name="Je confirme notre venue").click()
        see(page, "Votre venue est confirmée")
        self.look(visitor, "convocation")

    def hear_and_score(self) -> None:
        """Hold the hearing; the two who were there score and sign."""
        self.portal.set_clock(DURING)
        visitor = self.as_("manager")
        page = visitor.page
        page.get_by_role("link", name="Auditions", exact=True).click()
        page.get_by_role("link", name=re.compile("Association d’essai")).first.click()
        for box in page.locator("[name=hold-present]").all():
            box.check()
        expect(page.locator("[name=hold-present]")).to_have_count(2)
        page.locator("[name=hold-attended_by]").fill("La direction.")
        page.get_by_role("button", name="L’audition a eu lieu").click()
        _done(page, "La feuille de présence est enregistrée")
        for name, mark in (("chair", "4"), ("juror", "3")):
            self._score(self.as_(name), mark)

    def _score(self, visitor: Visitor, mark: str) -> None:
        page = visitor.go("/jury/")
        page.get_by_role("link", name="Compléter et signer ma feuille").click()
        for box in page.locator(f"main input[type=radio][value='{mark}']").all():
            box.check()
        page.locator("[name=opinion]").fill("Bien défendu.")
        page.get_by_role("button", name="Relire et signer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Relire et signer ma feuille")
        self.look(visitor, f"feuille de {mark}")
        page.get_by_role("button", name="Signer ma feuille").click()
        see(page, "Votre feuille est signée")

    # --- the decision and its release

    def deliberate(self) -> None:
        """Decide, settle, and sign by the manager and the chair."""
        self.portal.set_clock(AFTER)
        visitor = self.as_("manager")
        page = visitor.go("/admin/juries/deliberation/")
        page.get_by_role("button", name="Ouvrir la délibération").click()
        see(page, "70,00")
        page.get_by_role("link", name=re.compile("^Décider")).click()
        page.locator("[name=outcome][value=awarded]").check()
        page.locator("[name=amount]").fill("250 000")
        page.locator("[name=reasons]").fill(REASONS)
        page.get_by_role("button", name="Inscrire la décision").click()
        expect(page.locator("form:has([name=reasons])")).to_have_count(0)
        self.look(visitor, "délibération")
        page.get_by_role("button", name="Arrêter la délibération").click()
        page.get_by_role("button", name="Signer la délibération").click()
        _done(page, "une autre personne doit signer")
        self._sign_as_chair()

    def _sign_as_chair(self) -> None:
        visitor = self.as_("chair")
        page = visitor.go("/jury/")
        page.get_by_role("link", name="Conduire la délibération").click()
        page.get_by_role("button", name="Signer la délibération").click()
        see(page, "le procès-verbal est établi")
        self.look(visitor, "délibération signée")

    def release(self) -> None:
        """One manager asks, the other signs; nothing is told before."""
        self._tells_nothing_yet()
        page = self._at_the_release("manager")
        self.look(self.as_("manager"), "avant de publier")
        page.get_by_role("button", name="Demander la publication").click()
        _done(page, "un autre responsable doit signer")
        self._tells_nothing_yet()
        page = self._at_the_release("second manager")
        if (read := page.locator("input[name=read]")).count():
            read.check()
        page.get_by_role("button", name="Signer et publier les résultats").click()
        _done(page, "Les résultats sont publiés")
        self.look(self.as_("second manager"), "publié")

    def _at_the_release(self, name: str) -> Page:
        visitor = self.as_(name)
        page = visitor.go("/admin/applications/call/")
        page.get_by_role("link", name="Hubs d’automne").click()
        page.get_by_role("link", name="Publier les résultats").click()
        return page

    def _tells_nothing_yet(self) -> None:
        page = self.as_("candidate").go(f"/appels/{self.portal.prepared['closed']}/")
        expect(page.locator("main")).not_to_contain_text("250 000")
        page = self.as_("candidate").go(f"/dossiers/{self.number}/")
        expect(page.locator("main")).not_to_contain_text("lauréate")

    def read_the_results(self) -> None:
        """The public page shows the award; the candidate finds it, its reasons and its letter."""
        visitor = self.as_("candidate")
        page = visitor.go(f"/appels/{self.portal.prepared['closed']}/")
        row = page.get_by_role("row").filter(has_text="Association d’essai")
        expect(row).to_contain_text(re.compile(r"Ain \(01\), Allier \(03\)\s*250\s000\s€"))
        self.look(visitor, "résultats")
        visitor.go(f"/dossiers/{self.number}/")
        see(page, "Votre candidature est lauréate")
        see(page, REASONS)
        self.look(visitor, "lauréate")
        visitor.go(f"/dossiers/{self.number}/messages/")
        for subject in (
            "résultat de l’appel à projets",
            "convocation à l’audition",
            "décision relative à l’éligibilité",
        ):
            expect(page.locator("main .task-list")).to_contain_text(subject)

    def play(self) -> None:
        """All of it, in order."""
        for step in (
            self.examine,
            self.shortlist,
            self.constitute,
            self.swear_and_declare,
            self.convene,
            self.hear_and_score,
            self.deliberate,
            self.release,
            self.read_the_results,
        ):
            step()


def _press(page: Page, action: str) -> None:
    """Press the button of the form that leads there, unfolded first."""
    unfold(page, f"form[action$='{action}'] button")
    page.locator(f"form[action$='{action}'] button").click()


def _done(page: Page, words: str) -> None:
    """The office says that it is done."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    expect(page.locator(".messagelist")).to_contain_text(pattern)
