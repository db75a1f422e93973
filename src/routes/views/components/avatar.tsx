/** A person in one or two letters. Decoration: the name stands beside it. */

export function Avatar(props: { name: string; email: string }) {
  return (
    <span class="avatar" aria-hidden="true">
      {initialsOf(props.name === "" ? props.email : props.name)}
    </span>
  );
}

/** The first letters of the first and the last word: "Ines van der Okafor" → "IO". */
export function initialsOf(text: string): string {
  const words = text.split(/[\s@._-]+/).filter((word) => word !== "");
  const letters = [words[0], ...(text.includes("@") ? [] : words.slice(1).slice(-1))];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
