/** Beside the editor of rules: says while typing whether the text is JSON, and where it stops being it. */

const CHECK_PAUSE_MS = 300;

for (const state of document.querySelectorAll('[data-hook="json-state"]')) {
  const editor = state.closest("form")?.querySelector("textarea");
  if (editor) watch(editor, state);
}

function watch(editor, state) {
  let timer;
  editor.spellcheck = false;
  editor.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.textContent = describe(editor.value);
    }, CHECK_PAUSE_MS);
  });
}

function describe(text) {
  if (text.trim() === "") return "";
  try {
    JSON.parse(text);
    return "This is JSON. Check it to see what it means.";
  } catch (error) {
    return `Not JSON yet: ${error.message}`;
  }
}
