import { describe, expect, it } from "vitest";
import { findGlyph } from "../../../../dev/ideogram/pictures/glyphs.ts";
import { spellOut } from "../../../../dev/ideogram/pictures/spelling.ts";
import { findWording } from "../../../../dev/ideogram/pictures/wording.ts";

describe("what the typeface can't write", () => {
  it.each([
    ["Клуб керамики", "Klub keramiki"],
    ["Суббота 14:00", "Subbota 14:00"],
    ["Ёлка, Щука и й", "Yolka, Shchuka i y"],
    ["Київ, Љубав", "Kiyiv, Ljubav"],
    ["Καλημέρα Ψυχή", "Kalimera Psychi"],
    ["誕生日パーティー 7/12", "[Japanese] 7/12"],
    ["生日快乐", "[Chinese characters]"],
    ["서울 재즈 밤, 9 pm", "[Korean], 9 pm"],
    ["حفلة عيد ميلاد", "[Arabic]"],
    ["יום הולדת שמח", "[Hebrew]"],
    ["जन्मदिन मुबारक", "[Devanagari]"],
    ["Mia & Äneas, 3 €", "Mia & Äneas, 3 €"],
  ])("%s is said with what it can: %s", (line, spelt) => {
    expect(spellOut(line)).toBe(spelt);
  });

  it("is spelt in characters that it has, also in capitals and with accents of their own", () => {
    for (const letter of "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ") {
      for (const part of spellOut(letter)) expect(findGlyph(part), letter).not.toBeNull();
    }
    expect(spellOut("и\u0306")).toBe("y");
  });

  it("reaches the poster spelt out, whether it was quoted or is the prompt itself", () => {
    expect(findWording('The only lettering is "Клуб керамики".')).toEqual(["Klub keramiki"]);
    expect(findWording("фонарики, вечер")).toEqual(["Fonariki"]);
  });
});
