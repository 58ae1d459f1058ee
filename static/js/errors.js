// [data-error-summary]: what is wrong is read first.
import { fresh } from "./dom.js";

export function startErrorSummary(root) {
  const [summary] = fresh(root, "[data-error-summary]");
  if (!summary) return;
  summary.tabIndex = -1;
  summary.focus();
}
