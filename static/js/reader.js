// Files read in place: on the page of the reader, or over what one was reading, where the grid stays beside.
import { start } from "./reader/start.js";
import { startPlaces } from "./reader/place.js";

document.documentElement.classList.add("js");
document.querySelectorAll("[data-reader]").forEach((element) => start(element));
startPlaces();
