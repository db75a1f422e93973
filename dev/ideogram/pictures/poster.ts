/**
 * The picture of a prompt: a scene that suits its words, and a panel with its lettering.
 * The same prompt, seed and size always give the same pixels.
 */

import { type Canvas, createCanvas } from "./canvas.ts";
import { type Chance, createChance, hashText, pick } from "./chance.ts";
import { createPalette } from "./palette.ts";
import { paintPanel } from "./panel.ts";
import { balloons } from "./scenes/balloons.ts";
import { garden } from "./scenes/garden.ts";
import { hills } from "./scenes/hills.ts";
import type { Scene } from "./scenes/scene.ts";
import { stage } from "./scenes/stage.ts";
import { sunburst } from "./scenes/sunburst.ts";
import { winter } from "./scenes/winter.ts";
import { findWording } from "./wording.ts";

export interface PosterRequest {
  prompt: string;
  seed: number;
  width: number;
  height: number;
}

const SCENES = [balloons, garden, stage, hills, sunburst, winter] as const;

export function paintPoster({ prompt, seed, width, height }: PosterRequest): Canvas {
  const chance = createChance(hashText(`${seed}:${prompt}`));
  const canvas = createCanvas(width, height);
  const scene = chooseScene(prompt, chance);
  const palette = createPalette(chance, scene.dark);
  scene.paint(canvas, palette, chance);
  paintPanel(canvas, palette, findWording(prompt), `${width} × ${height} · seed ${seed}`);
  return canvas;
}

/** The scene that the first telling word of the prompt calls for, else any. */
function chooseScene(prompt: string, chance: Chance): Scene {
  const any = pick(chance, SCENES);
  for (const word of prompt.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const scene = SCENES.find(({ words }) => words.includes(word));
    if (scene !== undefined) return scene;
  }
  return any;
}
