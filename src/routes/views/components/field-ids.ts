/** How a field's name becomes the ids that tie its label, hint, counter and error together. */

/** The element id of a field, from its name: `answers.age` → `field-answers-age`. */
export function fieldId(name: string): string {
  return `field-${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
}

/** The ids that describe a control, for aria-describedby; undefined when nothing does. */
export function describedBy(
  name: string,
  parts: { hint?: unknown; counter?: unknown; error?: unknown },
): string | undefined {
  const id = fieldId(name);
  const ids = Object.entries(parts).flatMap(([part, shown]) =>
    shown === undefined || shown === null ? [] : [`${id}-${part}`],
  );
  return ids.length === 0 ? undefined : ids.join(" ");
}
