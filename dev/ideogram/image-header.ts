/** Which picture format some bytes are, and its size, from the header alone. It does not prove a whole picture. */

export interface ImageHeader {
  format: "png" | "jpeg" | "webp";
  width: number;
  height: number;
}

export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 30) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x89504e47)
    return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
  if (view.getUint16(0) === 0xffd8) return readJpegHeader(view);
  if (readTag(bytes, 0) === "RIFF" && readTag(bytes, 8) === "WEBP") return readWebpHeader(bytes, view);
  return null;
}

/** Walks the segments to the first frame header. */
function readJpegHeader(view: DataView): ImageHeader | null {
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { format: "jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return null;
}

function readWebpHeader(bytes: Uint8Array, view: DataView): ImageHeader | null {
  const chunk = readTag(bytes, 12);
  if (chunk === "VP8L") {
    const bits = view.getUint32(21, true);
    return { format: "webp", width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (chunk === "VP8 ")
    return {
      format: "webp",
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  if (chunk !== "VP8X") return null;
  const threeBytes = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  return { format: "webp", width: threeBytes(24) + 1, height: threeBytes(27) + 1 };
}

function readTag(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
