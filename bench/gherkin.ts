/** Just enough Gherkin to read the flagd scenarios: features, backgrounds, outlines with examples, tags and tables. */

export interface Step {
  text: string;
  /** Rows by column name. */
  table: Record<string, string>[];
}

export interface Scenario {
  name: string;
  tags: string[];
  steps: Step[];
}

interface Block {
  kind: "background" | "scenario" | "examples";
  name: string;
  tags: string[];
  steps: { text: string; rows: string[][] }[];
  rows: string[][];
}

const HEADINGS = /^(Feature|Background|Scenario Outline|Scenario|Examples):\s*(.*)$/;
const STEP = /^(?:Given|When|Then|And|But)\s+(.*)$/;

/** Every scenario of a file; an outline is one for each row of its examples. */
export function parseFeature(text: string): Scenario[] {
  const blocks: Block[] = [];
  let featureTags: string[] = [];
  let tags: string[] = [];
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [, heading, name = ""] = HEADINGS.exec(line) ?? [];
    if (line.startsWith("@")) tags.push(...line.split(/\s+/));
    else if (heading === "Feature") featureTags = tags.splice(0);
    else if (heading !== undefined) {
      const kind = heading === "Background" ? "background" : heading === "Examples" ? "examples" : "scenario";
      blocks.push({ kind, name, tags: tags.splice(0), steps: [], rows: [] });
    } else addLine(blocks.at(-1), line);
  }
  tags = [];
  return expandAll(blocks, featureTags);
}

function addLine(block: Block | undefined, line: string): void {
  const step = STEP.exec(line)?.[1];
  if (block === undefined) return;
  if (step !== undefined) block.steps.push({ text: step, rows: [] });
  else if (line.startsWith("|")) (block.steps.at(-1)?.rows ?? block.rows).push(splitRow(line));
}

function splitRow(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function expandAll(blocks: readonly Block[], featureTags: string[]): Scenario[] {
  const background = blocks.find(({ kind }) => kind === "background")?.steps ?? [];
  const scenarios: Scenario[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== "scenario") continue;
    const examples = listExamples(blocks, index);
    const steps = [...background, ...block.steps];
    const own = { name: block.name, tags: [...featureTags, ...block.tags] };
    if (examples.length === 0) scenarios.push({ ...own, steps: fillSteps(steps, {}) });
    for (const { tags, rows } of examples) {
      for (const row of toRecords(rows)) {
        const name = `${own.name} (${Object.values(row).join(", ")})`;
        scenarios.push({ name, tags: [...own.tags, ...tags], steps: fillSteps(steps, row) });
      }
    }
  }
  return scenarios;
}

function listExamples(blocks: readonly Block[], index: number): Block[] {
  const rest = blocks.slice(index + 1);
  const end = rest.findIndex(({ kind }) => kind !== "examples");
  return end === -1 ? rest : rest.slice(0, end);
}

function fillSteps(steps: Block["steps"], row: Record<string, string>): Step[] {
  const fill = (text: string) => text.replaceAll(/<([^<>]+)>/g, (whole, name: string) => row[name] ?? whole);
  return steps.map(({ text, rows }) => ({
    text: fill(text),
    table: toRecords(rows.map((cells) => cells.map(fill))),
  }));
}

function toRecords([head, ...rows]: string[][]): Record<string, string>[] {
  return rows.map((row) => Object.fromEntries((head ?? []).map((name, index) => [name, row[index] ?? ""])));
}
