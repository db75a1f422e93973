/**
 * What the typeface can't write, said with what it can: Cyrillic and Greek letter by letter in Latin, other scripts by
 * their name in brackets. The real provider draws them; this one doesn't pretend to.
 */

const CYRILLIC: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  ґ: "g",
  д: "d",
  ђ: "đ",
  е: "e",
  ё: "yo",
  є: "ye",
  ж: "zh",
  з: "z",
  и: "i",
  і: "i",
  ї: "yi",
  й: "y",
  ј: "j",
  к: "k",
  л: "l",
  љ: "lj",
  м: "m",
  н: "n",
  њ: "nj",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  ћ: "ć",
  у: "u",
  ў: "w",
  ф: "f",
  х: "kh",
  ц: "ts",
  ч: "ch",
  џ: "dž",
  ш: "sh",
  щ: "shch",
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "yu",
  я: "ya",
};

const GREEK: Readonly<Record<string, string>> = {
  α: "a",
  β: "v",
  γ: "g",
  δ: "d",
  ε: "e",
  ζ: "z",
  η: "i",
  θ: "th",
  ι: "i",
  κ: "k",
  λ: "l",
  μ: "m",
  ν: "n",
  ξ: "x",
  ο: "o",
  π: "p",
  ρ: "r",
  σ: "s",
  ς: "s",
  τ: "t",
  υ: "y",
  φ: "f",
  χ: "ch",
  ψ: "ps",
  ω: "o",
};

/** Scripts that are named instead of written; a run reaches over the spaces and marks inside it. */
const NAMED_SCRIPTS: readonly { name: string; run: RegExp }[] = [
  { name: "Japanese", run: /[\p{scx=Han}]*[\p{sc=Hira}\p{sc=Kana}][\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]*/gu },
  { name: "Chinese characters", run: /\p{sc=Han}[\p{scx=Han}]*/gu },
  { name: "Korean", run: /\p{sc=Hang}+(?: +\p{sc=Hang}+)*/gu },
  { name: "Arabic", run: /\p{sc=Arab}\p{scx=Arab}*(?: +\p{scx=Arab}+)*/gu },
  { name: "Hebrew", run: /\p{sc=Hebr}+(?: +\p{sc=Hebr}+)*/gu },
  { name: "Devanagari", run: /\p{sc=Deva}\p{scx=Deva}*(?: +\p{scx=Deva}+)*/gu },
  { name: "Bengali", run: /\p{sc=Beng}+(?: +\p{sc=Beng}+)*/gu },
  { name: "Tamil", run: /\p{sc=Taml}+(?: +\p{sc=Taml}+)*/gu },
  { name: "Thai", run: /\p{sc=Thai}+(?: +\p{sc=Thai}+)*/gu },
  { name: "Georgian", run: /\p{sc=Geor}+(?: +\p{sc=Geor}+)*/gu },
  { name: "Armenian", run: /\p{sc=Armn}+(?: +\p{sc=Armn}+)*/gu },
];

/** The same line in characters that the typeface has, as far as it can be said with them. */
export function spellOut(line: string): string {
  const spelt = Array.from(line.normalize("NFC"), spellLetter).join("");
  return NAMED_SCRIPTS.reduce((text, { name, run }) => text.replace(run, `[${name}]`), spelt);
}

function spellLetter(letter: string): string {
  const small = letter.toLowerCase();
  const latin = CYRILLIC[small] ?? GREEK[small] ?? GREEK[small.normalize("NFD").charAt(0)];
  if (latin === undefined) return letter;
  return letter === small ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
}
