/** Reading back what a form sent, field by field. */
import type { FormValues } from "./model.ts";

/** What was typed into a field: the first value where there are several, empty where there is none. */
export function typedValue(values: FormValues, name: string): string {
  return typedValues(values, name)[0] ?? "";
}

export function typedValues(values: FormValues, name: string): readonly string[] {
  const value = values[name];
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
