/**
 * The progress page: asks for the state of every open picture and rewrites its sheet when something changed.
 * Asks less often the longer nothing happens, not at all while the page is hidden, and stops at the end.
 */

const FIRST_WAIT_MS = 1_500;
const LONGEST_WAIT_MS = 15_000;
const WAIT_GROWTH = 1.25;
const TICK_MS = 1_000;
const SECONDS_PER_MINUTE = 60;
const MS_PER_SECOND = 1_000;
const OPEN = new Set(["queued", "processing"]);

const news = document.querySelector('[data-hook="progress-news"]');
/** How far this clock is ahead of the server's, whose times the page shows. */
const clockSkewMs =
  Date.now() - new Date(document.querySelector('[data-hook="sheets"]').dataset.now).getTime();
let waitMs = FIRST_WAIT_MS;

function openSheets() {
  return [...document.querySelectorAll('[data-hook="sheet"]')].filter((sheet) =>
    OPEN.has(sheet.dataset.status),
  );
}

async function findGeneration(id) {
  const answer = await fetch(`/api/generations/${encodeURIComponent(id)}`, {
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(`The state could not be read: ${answer.status}`);
  return await answer.json();
}

/** One round: true when a picture took a step. */
async function askForNews() {
  const sheets = openSheets();
  const answers = await Promise.all(sheets.map((sheet) => findGeneration(sheet.dataset.generation)));
  const changed = sheets.filter((sheet, index) => hasMoved(sheet, answers[index]));
  if (changed.length === 0) return false;
  await redraw(changed);
  return true;
}

function hasMoved(sheet, generation) {
  return sheet.dataset.status !== generation.status || sheet.dataset.step !== generation.progress.step;
}

/** The server draws the sheets; this page only takes over those that changed. */
async function redraw(changed) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`The page could not be read: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = changed.map((sheet) => replaceSheet(sheet, page)).filter(Boolean);
  replaceHeader(page);
  replaceContent(page, '[data-hook="equal-order"]');
  news.textContent = told.join(" ");
}

/** What to say aloud about it: the state's name and what it means, as they are written on the sheet. */
function replaceSheet(sheet, page) {
  const next = page.querySelector(`[data-generation="${CSS.escape(sheet.dataset.generation)}"]`);
  if (next === null) return "";
  const hadFocus = sheet.contains(document.activeElement);
  sheet.replaceWith(next);
  next.dispatchEvent(new Event("replaced", { bubbles: true }));
  if (hadFocus) focusInside(next);
  const words = next.querySelector('[data-hook="words"]').textContent;
  return `${next.dataset.name}: ${words.replace(/\.$/, "")}.`;
}

function focusInside(sheet) {
  const target = sheet.querySelector("a, button") ?? sheet;
  if (target === sheet) sheet.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function replaceHeader(page) {
  const header = page.querySelector(".page-header");
  const old = document.querySelector(".page-header");
  if (header !== null && !old.contains(document.activeElement)) old.replaceWith(header);
  replaceContent(page, ".site-credits");
  document.title = page.title;
}

function replaceContent(page, selector) {
  const next = page.querySelector(selector);
  const old = document.querySelector(selector);
  if (next !== null && old?.contains(document.activeElement) === false)
    old.replaceChildren(...next.childNodes);
}

function tick() {
  for (const elapsed of document.querySelectorAll('[data-hook="elapsed"]')) {
    const since = new Date(elapsed.dataset.since).getTime();
    const seconds = Math.max(0, Math.floor((Date.now() - clockSkewMs - since) / MS_PER_SECOND));
    elapsed.textContent =
      seconds < SECONDS_PER_MINUTE ? `${seconds} s` : `${Math.floor(seconds / SECONDS_PER_MINUTE)} min`;
  }
}

async function watch() {
  while (openSheets().length > 0) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (document.hidden) await shown();
    const moved = await askForNews().catch(reportTrouble);
    waitMs = moved ? FIRST_WAIT_MS : Math.min(LONGEST_WAIT_MS, waitMs * WAIT_GROWTH);
  }
}

/** The pictures go on without us; so say that the page may be behind, and try again later. */
function reportTrouble() {
  news.textContent = "The state could not be read just now. Trying again.";
  return false;
}

function shown() {
  waitMs = FIRST_WAIT_MS;
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}

setInterval(tick, TICK_MS);
await watch();
