"""Addresses of the application phase."""

from django.urls import URLPattern, path

from applications.views import (
    candidate,
    commitment,
    completion,
    deposit,
    documents,
    dossier,
    incidents,
    membership,
    messages,
    neighbours,
    public,
    reading,
    replacing,
    signalling,
    submission,
    uploads,
    versions,
)

_DOSSIER = "dossiers/<str:number>/"


def _sent_in_parts(where: str, to: uploads.Destination, name: str) -> list[URLPattern]:
    """The two addresses of the endpoint a script sends files to: announce one, then go on with it."""
    place = f"{_DOSSIER}{where}envoi/"
    return [
        path(place, uploads.announce, {"to": to}, name=f"{name}_uploads"),
        path(place + "<str:key>/<slug:step>/", uploads.go_on, {"to": to}, name=f"{name}_upload"),
    ]


urlpatterns = [
    # public
    path("", public.home, name="home"),
    path("appels/<slug:slug>/", public.call, name="call"),
    path("appels/<slug:slug>/kit/<int:pk>/", public.kit_file, name="kit_file"),
    path("appels/<slug:slug>/resultats.csv", public.results_csv, name="results_csv"),
    path("appels/<slug:slug>/resultats.json", public.results_json, name="results_json"),
    path("verifier/", public.verify, name="verify"),
    path("verifier/cle-publique.pem", public.public_key, name="receipt_key"),
    path("verifier/certificat.pem", public.seal_certificate, name="seal_certificate"),
    path("probleme/", incidents.help_page, name="help"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("donnees-personnelles/", public.privacy, name="privacy"),
    path("mentions-legales/", public.legal, name="legal"),
    path("credits/", public.credits_page, name="credits"),
    path("plan-du-site/", public.site_map, name="site_map"),
    # signalling and accounts
    path("appels/<slug:slug>/signaler/", signalling.signal, name="signal"),
    path("rejoindre/<str:token>/", signalling.join, name="join"),
    path("engagement/<str:token>/", deposit.deposit, name="deposit"),
    path("entree/", candidate.entrance, name="entrance"),
    # the candidate's desk
    path("espace/", candidate.desk, name="desk"),
    path(_DOSSIER, dossier.task_list, name="dossier"),
    path(_DOSSIER + "complet/", dossier.whole, name="whole_dossier"),
    path(_DOSSIER + "rubrique/<slug:section>/", dossier.section, name="section"),
    path(_DOSSIER + "partenaires/<int:rank>/engagement/", commitment.ask, name="commitment"),
    path(_DOSSIER + "partenaires/<int:rank>/engagement/desactiver/", commitment.revoke, name="commitment_revoke"),
    path(_DOSSIER + "pieces/", documents.documents, name="documents"),
    path(_DOSSIER + "pieces/<slug:code>/joindre/", documents.add, name="document_add"),
    *_sent_in_parts("pieces/<slug:code>/", uploads.DRAFT, "document"),
    path(_DOSSIER + "pieces/<slug:code>/suivra/", documents.promise, name="document_promise"),
    path(_DOSSIER + "pieces/<int:pk>/", documents.download, name="document"),
    path(_DOSSIER + "pieces/<int:pk>/etat/", documents.line, name="document_line"),
    path(_DOSSIER + "pieces/<int:pk>/apercu/", documents.picture, name="document_picture"),
    path(_DOSSIER + "pieces/<int:pk>/retirer/", documents.remove, name="document_remove"),
    path(_DOSSIER + "kit/<int:pk>/", documents.kit_file, name="dossier_kit_file"),
    path(_DOSSIER + "verifier/", submission.review, name="review"),
    path(_DOSSIER + "comparer/", versions.compare, name="compare"),
    path(_DOSSIER + "deposer/", submission.submit, name="submit"),
    path(_DOSSIER + "dossier.zip", submission.draft_archive, name="draft_archive"),
    path(_DOSSIER + "depots/<int:version>/dossier.zip", submission.version_archive, name="version_archive"),
    path(_DOSSIER + "filet/", submission.net, name="safety_net"),
    path(_DOSSIER + "depots/<int:version>/", submission.submitted, name="submitted"),
    path(_DOSSIER + "depots/<int:version>/accuse.pdf", submission.receipt_pdf, name="receipt_pdf"),
    path(_DOSSIER + "depots/<int:version>/fichiers/<int:pk>/", submission.file, name="submitted_file"),
    path(_DOSSIER + "depots/<int:version>/fichiers/<int:pk>/lire/", reading.submitted, name="submitted_file_read"),
    path(_DOSSIER + "pieces/<int:pk>/lire/", reading.document, name="document_read"),
    path(_DOSSIER + "complement/", completion.page, name="completion"),
    path(_DOSSIER + "complement/<int:pk>/joindre/", completion.add, name="completion_add"),
    *_sent_in_parts("complement/<int:pk>/", uploads.COMPLETION, "completion"),
    path(_DOSSIER + "complement/<int:pk>/fichier/", completion.file, name="completion_file"),
    path(_DOSSIER + "remplacement/<int:pk>/joindre/", replacing.add, name="replacement_add"),
    path(_DOSSIER + "complement/<int:pk>/lire/", reading.completion, name="completion_read"),
    *_sent_in_parts("remplacement/<int:pk>/", uploads.REPLACEMENT, "replacement"),
    path(_DOSSIER + "remplacement/<int:pk>/fichier/", replacing.file, name="replacement_file"),
    path(_DOSSIER + "remplacement/<int:pk>/lire/", reading.replacement, name="replacement_read"),
    path(_DOSSIER + "retirer/", submission.withdraw, name="withdraw"),
    path(_DOSSIER + "reprendre/", submission.resume, name="resume"),
    path(_DOSSIER + "probleme/", incidents.report, name="problem"),
    path(_DOSSIER + "probleme/<int:rank>/", incidents.reported, name="problem_reported"),
    path(_DOSSIER + "equipe/", membership.members, name="members"),
    path(_DOSSIER + "equipe/<int:pk>/retirer/", membership.remove, name="member_remove"),
    path(_DOSSIER + "equipe/<int:pk>/droits/", membership.rights, name="member_rights"),
    path(_DOSSIER + "equipe/<int:pk>/confier/", membership.entrust, name="member_entrust"),
    path(_DOSSIER + "voisins/", neighbours.neighbours, name="neighbours"),
    path(_DOSSIER + "voisins/<str:code>/", neighbours.write, name="neighbour_write"),
    path(_DOSSIER + "messages/", messages.messages, name="messages"),
    path(_DOSSIER + "messages/<int:pk>/", messages.message, name="message"),
    path(_DOSSIER + "messages/<int:pk>/pieces/<int:attachment>/", messages.attachment, name="message_attachment"),
]
