// Signing in changes the security token: a page left open in another tab posts the present one, not the one it was given.
export function startToken() {
  document.addEventListener("submit", refresh, true);
}

function refresh(event) {
  const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
  const present = document.cookie.match(/(?:^|;\s*)(?:__Host-)?csrftoken=(\w+)/);
  if (field && present) field.value = present[1];
}
