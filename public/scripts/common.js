/**
 * On every page: times in the reader's own zone, counters for long texts, and one send per form.
 * Pages are complete without it.
 */

const SEND_GUARD_MS = 8_000;

/** A script that puts new markup into the page says so with a bubbling "replaced" event on it. */
function improve(root) {
  localiseTimes(root);
  countCharacters(root);
}

/** Shows every moment below `root` in the reader's time zone; the UTC text stays as the tooltip. */
function localiseTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const clock = time.dataset.precision === "day" ? {} : { timeStyle: "short" };
    time.title = time.textContent;
    time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", ...clock });
  }
}

/** Counts down what is left in a text field, once it is worth knowing. */
function countCharacters(root) {
  for (const counter of root.querySelectorAll("[data-counter-for]")) {
    const field = document.getElementById(counter.dataset.counterFor);
    if (field === null || field.maxLength <= 0) continue;
    const show = () => {
      counter.textContent = `${field.value.length} of ${field.maxLength}`;
    };
    field.addEventListener("input", show);
    // Coming back, the browser fills in what was typed only after this.
    addEventListener("pageshow", show);
    show();
  }
}

/** A second press while the first is on its way does nothing. Coming back with the back button frees the form. */
function guardAgainstDoubleSend() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => releaseForm(event.target), SEND_GUARD_MS);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) releaseForm(form);
  });
}

function releaseForm(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

improve(document);
document.addEventListener("replaced", (event) => improve(event.target));
guardAgainstDoubleSend();
document.querySelector('[data-hook="error-summary"]')?.focus();
