/** The picture sizes that each model offers. */

export interface Size {
  width: number;
  height: number;
}

const SQUARISH_1K = "1024x1024 896x1120 864x1152 832x1248 800x1280 720x1280 720x1440 512x1536";
const SQUARISH_2K = "2048x2048 1792x2240 1728x2304 1664x2496 1600x2560 1440x2560 1440x2880 1024x3072";
const TALL_2K = "1280x3072 1296x3168 1152x2944 1248x3328";

/** Ideogram 4 and 4.5. */
export const SIZES_1K = withTwins(SQUARISH_1K);
export const SIZES_2K = withTwins(`${SQUARISH_2K} ${TALL_2K}`);
export const SIZES_4 = [...SIZES_1K, ...SIZES_2K];

export const SIZES_3 =
  `512x1536 576x1408 576x1472 576x1536 640x1344 640x1408 640x1472 640x1536 704x1152 704x1216 704x1280 704x1344
704x1408 704x1472 736x1312 768x1088 768x1216 768x1280 768x1344 800x1280 832x960 832x1024 832x1088 832x1152
832x1216 832x1248 864x1152 896x960 896x1024 896x1088 896x1120 896x1152 960x832 960x896 960x1024 960x1088
1024x832 1024x896 1024x960 1024x1024 1088x768 1088x832 1088x896 1088x960 1120x896 1152x704 1152x832 1152x864
1152x896 1216x704 1216x768 1216x832 1248x832 1280x704 1280x768 1280x800 1312x736 1344x640 1344x704 1344x768
1408x576 1408x640 1408x704 1472x576 1472x640 1472x704 1536x512 1536x576 1536x640`.split(/\s/);

const SIZE_PATTERN = /^([1-9]\d{1,4})x([1-9]\d{1,4})$/;

/** "1024x768" → its numbers, or null. */
export function parseSize(text: string): Size | null {
  const [, width, height] = SIZE_PATTERN.exec(text) ?? [];
  return width === undefined || height === undefined
    ? null
    : { width: Number(width), height: Number(height) };
}

/** The offered size whose shape is nearest to `ratio` (width by height); of equals the first. */
export function findNearestSize(sizes: readonly string[], ratio: number): Size {
  let best: Size = { width: 1024, height: 1024 };
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const text of sizes) {
    const size = parseSize(text);
    if (size === null) continue;
    const distance = Math.abs(Math.log(size.width / size.height / ratio));
    if (distance < bestDistance) [best, bestDistance] = [size, distance];
  }
  return best;
}

function withTwins(portrait: string): string[] {
  return portrait.split(" ").flatMap((size) => {
    const twin = size.split("x").reverse().join("x");
    return twin === size ? [size] : [size, twin];
  });
}
