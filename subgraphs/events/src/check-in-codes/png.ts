import { crc32, deflateSync } from 'node:zlib';
import QRCode from 'qrcode';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/**
 * A QR code as a PNG (RFC 2083) of one bit a pixel, `scale` pixels a module and a margin of four modules. Encoders for any
 * picture take a tenth of a second for one, during which nobody else is served.
 */
export function qrPng(code: string, scale: number): Buffer {
  const { modules } = QRCode.create(code, { errorCorrectionLevel: 'M' });
  const margin = 4;
  const size = (modules.size + 2 * margin) * scale;
  const isDark = (row: number, column: number) =>
    Math.min(row, column) >= 0 && Math.max(row, column) < modules.size && modules.get(row, column) !== 0;
  // Each line: that it is not filtered, then its pixels; a bit that is set is white.
  const lines = Array.from({ length: modules.size + 2 * margin }, (_, row) => {
    const line = Buffer.alloc(1 + Math.ceil(size / 8), 0xff);
    line[0] = 0;
    for (let x = 0; x < size; x += 1)
      if (isDark(row - margin, Math.floor(x / scale) - margin)) line[1 + (x >> 3)]! &= ~(0x80 >> (x & 7));
    return Array.from({ length: scale }, () => line);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1; // bits a pixel, in shades of grey
  const pixels = deflateSync(Buffer.concat(lines.flat()));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
