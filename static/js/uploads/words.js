// What is said of files being sent.
const MEGABYTE = 1_000_000;
// As the portal counts the limits of a call.
const binary = (bytes, language) => (bytes / 1024 / 1024).toLocaleString(language, { maximumFractionDigits: 1 });

const french = {
  list: "Fichiers en cours d’envoi",
  bar: (name) => `Envoi de ${name}`,
  waiting: "En attente : les fichiers partent trois par trois.",
  reading: "Lecture du fichier…",
  sending: "Envoi en cours…",
  paused: "Envoi en pause.",
  cut: "Connexion coupée : l’envoi reprendra tout seul.",
  silent: "Le portail ne répond pas pour l’instant : l’envoi reprendra tout seul.",
  notKept: "L’enregistrement a échoué de notre côté : nous réessayons tout seuls.",
  checking: "Fichier envoyé ; nous le relisons…",
  stopped: (name, percent) => `L’envoi de ${name} s’est arrêté à ${percent} %.`,
  chooseAgain: "Choisissez de nouveau ce fichier : l’envoi continuera où il en était.",
  unreadable: "Ce fichier ne peut plus être lu : il a été déplacé ou modifié. Choisissez-le de nouveau.",
  signedOut: "Votre session a pris fin. Reconnectez-vous dans un nouvel onglet, puis reprenez l’envoi.",
  stale: "Cette page est restée ouverte trop longtemps : rechargez-la, puis reprenez l’envoi.",
  gone: "Cette pièce ne vous est plus ouverte : rechargez la page.",
  tooLarge: (size, limit) => `Ce fichier pèse ${binary(size, "fr")} Mo : la limite est de ${binary(limit, "fr")} Mo. Exportez-le en PDF « taille réduite », ou partagez-le en plusieurs fichiers.`,
  onlyOne: "Un seul fichier est attendu ici.",
  saved: (name) => `« ${name} » est enregistré.`,
  reload: (name) => `« ${name} » est enregistré : rechargez la page pour le voir.`,
  pause: "Mettre en pause",
  resume: "Reprendre",
  retry: "Essayer maintenant",
  again: "Recommencer",
  choose: "Choisir le fichier",
  cancel: "Annuler",
  dismiss: "Retirer de la liste",
  figures: (percent, sent, size) => `${percent} % – ${sent} sur ${size}`,
  left: (minutes) => (minutes > 1 ? ` – encore ${minutes} minutes environ` : " – moins d’une minute"),
  megabytes: (bytes) => `${(bytes / MEGABYTE).toLocaleString("fr", { maximumFractionDigits: 1 })} Mo`,
};

const english = {
  list: "Files being sent",
  bar: (name) => `Sending ${name}`,
  waiting: "Waiting: files leave three at a time.",
  reading: "Reading the file…",
  sending: "Sending…",
  paused: "Paused.",
  cut: "Connection lost: sending will go on by itself.",
  silent: "The portal does not answer for now: sending will go on by itself.",
  notKept: "Saving failed on our side: we are trying again by ourselves.",
  checking: "File sent; we are reading it again…",
  stopped: (name, percent) => `Sending ${name} stopped at ${percent}%.`,
  chooseAgain: "Choose this file again: sending will go on from where it was.",
  unreadable: "This file can no longer be read: it was moved or changed. Choose it again.",
  signedOut: "Your session has ended. Sign in again in a new tab, then resume.",
  stale: "This page was left open too long: reload it, then resume.",
  gone: "This document is no longer open to you: reload the page.",
  tooLarge: (size, limit) => `This file is ${binary(size, "en")} MB: the limit is ${binary(limit, "en")} MB. Export it as a reduced-size PDF, or split it into several files.`,
  onlyOne: "A single file is expected here.",
  saved: (name) => `“${name}” is saved.`,
  reload: (name) => `“${name}” is saved: reload the page to see it.`,
  pause: "Pause",
  resume: "Resume",
  retry: "Try now",
  again: "Start again",
  choose: "Choose the file",
  cancel: "Cancel",
  dismiss: "Remove from the list",
  figures: (percent, sent, size) => `${percent}% – ${sent} of ${size}`,
  left: (minutes) => (minutes > 1 ? ` – about ${minutes} minutes left` : " – less than a minute"),
  megabytes: (bytes) => `${(bytes / MEGABYTE).toLocaleString("en", { maximumFractionDigits: 1 })} MB`,
};

export const words = document.documentElement.lang.startsWith("en") ? english : spaced(french);

/** No line begins with a colon, a percent sign or a closing quote. */
function spaced(said) {
  const keep = (text) => text.replace(/ ([:;?!%»–])/g, "\u00a0$1").replace(/« /g, "«\u00a0");
  return Object.fromEntries(
    Object.entries(said).map(([name, text]) => [name, typeof text === "string" ? keep(text) : (...given) => keep(text(...given))]),
  );
}
