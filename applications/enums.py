"""The vocabularies of the procedure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallState(TextChoices):
    """The life of a call; it gates publication, freeze and release only."""

    DRAFT = "draft", _("en préparation")
    PUBLISHED = "published", _("ouvert")
    CLOSED = "closed", _("clos")
    RELEASED = "released", _("résultats publiés")
    ARCHIVED = "archived", _("archivé")


class CandidacyState(TextChoices):
    """The life of a candidacy."""

    SIGNALLED = "signalled", _("signalée")
    DRAFTING = "drafting", _("en préparation")
    SUBMITTED = "submitted", _("déposée")
    WITHDRAWN = "withdrawn", _("retirée")
    NOT_SUBMITTED = "not_submitted", _("non déposée")
    FROZEN = "frozen", _("déposée, à examiner")
    INCOMPLETE = "incomplete", _("complément demandé")
    ADMISSIBLE = "admissible", _("recevable")
    INADMISSIBLE = "inadmissible", _("irrecevable")
    ELIGIBLE = "eligible", _("éligible")
    INELIGIBLE = "ineligible", _("inéligible")
    ASSESSED = "assessed", _("évaluée")
    SHORTLISTED = "shortlisted", _("présélectionnée")
    NOT_SHORTLISTED = "not_shortlisted", _("non présélectionnée")
    HEARD = "heard", _("auditionnée")
    AWARDED = "awarded", _("lauréate")
    RESERVE = "reserve", _("liste complémentaire")
    NOT_SELECTED = "not_selected", _("non retenue")


class Role(TextChoices):
    """What a member of the team of a call may do."""

    OFFICER = "officer", _("instructeur")
    MANAGER = "manager", _("responsable")
    OBSERVER = "observer", _("observateur")


class Rights(TextChoices):
    """What a person working on a dossier may do; each includes the one before."""

    VIEW = "view", _("consulter")
    EDIT = "edit", _("modifier")
    SUBMIT = "submit", _("modifier et déposer")


class LegalForm(TextChoices):
    """The families of legal forms the documents depend on."""

    ASSOCIATION = "association", _("association")
    LOCAL_AUTHORITY = "local_authority", _("collectivité territoriale ou groupement (EPCI)")
    JOINT_BODY = "joint_body", _("syndicat mixte ou établissement public")
    GIP = "gip", _("groupement d’intérêt public (GIP)")
    COMPANY = "company", _("société, SCOP comprise")
    SCIC = "scic", _("société coopérative d’intérêt collectif (SCIC)")
    FOUNDATION = "foundation", _("fondation")


class PartnerFamily(TextChoices):
    """The three families a hub must bring together."""

    PUBLIC = "public", _("acteur public")
    PRIVATE = "private", _("acteur privé")
    ASSOCIATIVE = "associative", _("acteur associatif")


class TerritoryKind(TextChoices):
    """What a territory is, administratively."""

    METROPOLITAN = "metro", _("département métropolitain")
    OVERSEAS_DEPARTEMENT = "drom", _("département ou région d’outre-mer")
    COLLECTIVITY = "com", _("collectivité d’outre-mer")


class TerritoryMode(TextChoices):
    """What happens when a dossier has fewer or more territories than the call wants."""

    BLOCK = "block", _("le dépôt est refusé")
    WARN = "warn", _("une justification écrite est demandée")


class Section(TextChoices):
    """The sections of a dossier, in their order."""

    ORGANISATION = "organisation", _("La structure candidate")
    PROJECT = "project", _("Le projet")
    TERRITORIES = "territories", _("Les territoires")
    MISSIONS = "missions", _("Les quatre missions")
    CONSORTIUM = "consortium", _("Le consortium")
    BUDGET = "budget", _("Le budget et le plan de financement")
    CALENDAR = "calendar", _("Le calendrier et les indicateurs")
    STATEMENT = "statement", _("L’attestation sur l’honneur")


class QuestionScope(TextChoices):
    """Whether a question is asked once, or for each territory."""

    DOSSIER = "dossier", _("une fois")
    TERRITORY = "territory", _("pour chaque territoire")


class FulfilledBy(TextChoices):
    """How a requirement is met: nothing is asked twice."""

    SECTION = "section", _("une rubrique du dossier")
    UPLOAD = "upload", _("un fichier joint")
    STATEMENT = "statement", _("l’attestation sur l’honneur")


class Level(TextChoices):
    """How much a requirement binds a legal form."""

    BLOCKING = "blocking", _("indispensable au dépôt")
    MAY_FOLLOW = "may_follow", _("peut suivre après le dépôt")
    OBTAINABLE = "obtainable", _("à défaut, le service se la procure")
    IF_APPLICABLE = "if_applicable", _("si vous êtes concerné")


class DocumentState(TextChoices):
    """What is known of a file; stored counts as present."""

    UPLOADING = "uploading", _("envoi en cours")
    STORED = "stored", _("enregistré")
    READABLE = "readable", _("lisible")
    UNREADABLE = "unreadable", _("illisible")
    QUARANTINED = "quarantined", _("mis à l’écart")


class SubmissionOrigin(TextChoices):
    """How a submission reached us; only the first must have arrived before the closing time."""

    ONLINE = "online", _("dépôt en ligne")
    SAFETY_NET = "safety_net", _("filet de sécurité")
    PAPER = "paper", _("dépôt sur papier")
    LATE_ADMISSION = "late_admission", _("admission hors délai décidée")


class BudgetCategory(TextChoices):
    """The kinds of expenses of a hub."""

    STAFF = "staff", _("charges de personnel")
    SERVICES = "services", _("prestations et sous-traitance")
    EQUIPMENT = "equipment", _("équipement et logiciels")
    TRAVEL = "travel", _("déplacements")
    COMMUNICATION = "communication", _("communication et animation")
    OVERHEAD = "overhead", _("frais généraux")
    OTHER = "other", _("autres dépenses")


class FunderKind(TextChoices):
    """Where money comes from."""

    REQUESTED = "requested", _("subvention demandée au présent appel")
    STATE = "state", _("État, autres dispositifs")
    LOCAL = "local", _("collectivité territoriale")
    EUROPEAN = "european", _("fonds européen")
    PRIVATE = "private", _("financeur privé ou mécénat")
    OWN = "own", _("ressources propres")


class FundingStatus(TextChoices):
    """Whether the money is there."""

    ASKED = "asked", _("sollicité")
    OBTAINED = "obtained", _("acquis")


class Provenance(TextChoices):
    """How a candidacy was signalled."""

    ONLINE = "online", _("en ligne")
    EMAIL = "email", _("par courriel, saisie par l’équipe")


class CheckVerdict(TextChoices):
    """The result of a line of the checklist."""

    YES = "yes", _("conforme")
    NO = "no", _("non conforme")
    NA = "na", _("sans objet")


class ExclusionStage(TextChoices):
    """On what a candidacy is refused: its form, or its substance."""

    ADMISSIBILITY = "admissibility", _("recevabilité")
    ELIGIBILITY = "eligibility", _("éligibilité")


class Outcome(TextChoices):
    """How a candidacy that was heard ends."""

    AWARDED = "awarded", _("lauréate")
    RESERVE = "reserve", _("liste complémentaire")
    NOT_SELECTED = "not_selected", _("non retenue")


class Failure(TextChoices):
    """What a browser may have seen fail before a problem was reported."""

    SAVE = "save", _("enregistrement non confirmé")
    UPLOAD = "upload", _("envoi d’un fichier interrompu")
    PAGE = "page", _("page qui n’a pas répondu")
    OFFLINE = "offline", _("connexion perdue")


class IncidentState(TextChoices):
    """What became of a problem a candidate reported."""

    OPEN = "open", _("sans réponse")
    ANSWERED = "answered", _("répondu")
    CLOSED = "closed", _("clos")


class AgreementState(TextChoices):
    """How far the agreement of an awarded candidacy is."""

    SENT = "sent", _("à signer par la structure")
    SIGNED = "signed", _("signée")
    REPORTED = "reported", _("compte rendu reçu")
