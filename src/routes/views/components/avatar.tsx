/** A person's picture, or one or two letters of the name. Decoration: the name stands beside it. */

export interface AvatarProps {
  name: string;
  email: string;
  /** Its address; null for nobody's picture. */
  picture: string | null;
}

export function Avatar(props: AvatarProps) {
  if (props.picture !== null) {
    return <img class="avatar" src={props.picture} width={64} height={64} alt="" />;
  }
  return (
    <span class="avatar" aria-hidden="true">
      {initialsOf(props.name === "" ? props.email : props.name)}
    </span>
  );
}

/** The first letters of the first and the last word: "Ines van der Okafor" → "IO". */
function initialsOf(text: string): string {
  const words = text.split(/[\s@._-]+/).filter((word) => word !== "");
  const letters = [words[0], ...(text.includes("@") ? [] : words.slice(1).slice(-1))];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
