import { describe, expect, it } from "vitest";
import { describePasswordProblem, findPasswordProblem } from "../../src/auth/password-rules.ts";

const EMAIL = "ines.okafor@example.test";

describe("findPasswordProblem", () => {
  it("takes long passwords of all kinds", () => {
    const good = [
      "three quiet lanterns by the lake",
      "correct horse battery staple",
      "k7#Wq!x2Lp9z",
      "einkaufszettel am kühlschrank",
      "夜の灯りが湖に映っている夕暮れ",
      "Tr0mbone-window-41",
      "user83927461923",
      "mine is password and yours",
    ];
    for (const password of good) expect(findPasswordProblem(password, EMAIL), password).toBeNull();
  });

  it("counts characters after NFKC, from 12 to 128", () => {
    expect(findPasswordProblem("k7#Wq!x2Lp9", EMAIL)).toBe("too_short");
    expect(findPasswordProblem("🪔🌙🌊🏮🎏🎐🎑🎋🎍🎎🎈", EMAIL)).toBe("too_short");
    expect(findPasswordProblem("🪔🌙🌊🏮🎏🎐🎑🎋🎍🎎🎈🎉", EMAIL)).toBeNull();
    expect(findPasswordProblem(`${"kwzx".repeat(32)}y`, EMAIL)).toBe("too_long");
    expect(findPasswordProblem("e\u0301a\u0300o\u0302u\u0308i\u0301", EMAIL)).toBe("too_short");
  });

  it("refuses the words that people choose most, with figures, signs, capitals and digits for letters", () => {
    const common = [
      "password2026",
      "Password2026!!",
      "P@ssw0rd1234",
      "passwordpassword",
      "iloveyou1234",
      "Welcome12345",
      "monkeymonkey1",
    ];
    for (const password of [...common, "Summer2026!!", "letmein12345", "administrator", "dragondragon"]) {
      expect(findPasswordProblem(password, EMAIL), password).toBe("too_common");
    }
  });

  it("refuses walks along the keyboard and the alphabet, and repetitions", () => {
    const walks = [
      "123456789012",
      "qwertyuiop12",
      "qwertyuiopas",
      "1q2w3e4r5t6y",
      "1qaz2wsx3edc",
      "abcdefghijkl",
      "zyxwvutsrqpo",
    ];
    for (const password of [
      ...walks,
      "aaaaaaaaaaaa",
      "121212121212",
      "abcabcabcabc",
      "!@#$%^&*()_+",
      "9876543210987",
    ]) {
      expect(findPasswordProblem(password, EMAIL), password).toBe("too_common");
    }
  });

  it("refuses whole passwords that head the published lists", () => {
    for (const password of [
      "correcthorsebatterystaple",
      "thequickbrownfox",
      "ManchesterUnited",
      "finalfantasy7",
    ]) {
      expect(findPasswordProblem(password, EMAIL), password).toBe("too_common");
    }
  });

  it("refuses the account's own address with little around it", () => {
    for (const password of [EMAIL, "ines.okafor1!", "Ines.Okafor99"]) {
      expect(findPasswordProblem(password, EMAIL), password).toBe("like_the_address");
    }
    expect(findPasswordProblem("ines.okafor sings at dusk", EMAIL)).toBeNull();
  });

  it("says every problem in a sentence of its own", () => {
    const problems = ["too_short", "too_long", "too_common", "like_the_address"] as const;
    expect(new Set(problems.map(describePasswordProblem)).size).toBe(problems.length);
  });
});
