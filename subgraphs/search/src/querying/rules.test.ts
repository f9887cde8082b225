import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boxesAround, earthRadiusKm, piecesOf, readWish, swapsOf } from './rules.js';

const words = (query: string) => {
  const wish = readWish(query);
  return wish.kind === 'words' ? wish : null;
};

describe('a query', () => {
  it('is completed at its end, unless a space or syntax says otherwise', () => {
    expect(words('jazz ber')?.completion).toEqual({ before: 'jazz ', beginning: 'ber' });
    for (const exact of ['jazz ber ', '"jazz ber"', 'jazz -ber', 'jazz or ber', 'jazz!', 'a', 'я'])
      expect(words(exact)?.completion).toBeNull();
    expect(words('京')?.completion).toEqual({ before: '', beginning: '京' });
  });

  it('of few plain words may be met by similar ones', () => {
    expect(words('ana popescu ana')?.similar).toEqual(['ana', 'popescu']);
    for (const exact of ['"ana popescu"', 'ana -popescu', 'ana OR popescu', 'a b c d e f g'])
      expect(words(exact)?.similar).toEqual([]);
  });

  it('is everything when nothing is seen of it, and nothing without a letter or digit', () => {
    for (const empty of ['', ' \t\n', '\u200f\u202e', '\u0001'])
      expect(readWish(empty).kind).toBe('everything');
    for (const signs of ['!', '🎉', '"-', '…']) expect(readWish(signs).kind).toBe('nothing');
  });

  it('has words with neighbours swapped', () => {
    expect(swapsOf('jazz')).toEqual(['ajzz', 'jzaz']);
    expect(swapsOf('aa')).toEqual([]);
  });
});

describe('a headline', () => {
  it('is cut at its markers', () => {
    expect(piecesOf('a \ue000b\ue001 \ue000c\ue001\ue002d')).toEqual([
      { text: 'a ', isMatch: false },
      { text: 'b', isMatch: true },
      { text: ' ', isMatch: false },
      { text: 'c', isMatch: true },
      { text: '<d', isMatch: false },
    ]);
    expect(piecesOf('nothing')).toBeNull();
  });
});

describe('boxes around a circle', () => {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  /** Where one arrives from a point in a direction after a distance. */
  const travel = (latitude: number, longitude: number, bearing: number, km: number) => {
    const [phi, angle] = [radians(latitude), km / earthRadiusKm];
    const there = Math.asin(
      Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing),
    );
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
      Math.cos(angle) - Math.sin(phi) * Math.sin(there),
    );
    const turned = longitude + (east * 180) / Math.PI;
    return { latitude: (there * 180) / Math.PI, longitude: ((turned + 540) % 360) - 180 };
  };
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

  it('hold every point of it, at the poles and the date line too', () => {
    const circle = fc.record({
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      radiusKm: number(0.001, 1_000),
      bearing: number(0, 2 * Math.PI),
      part: number(0, 1),
    });
    fc.assert(
      fc.property(circle, ({ latitude, longitude, radiusKm, bearing, part }) => {
        const point = travel(latitude, longitude, bearing, radiusKm * part);
        const held = boxesAround({ latitude, longitude, radiusKm }).some(
          ({ west, south, east, north }) =>
            west <= point.longitude &&
            point.longitude <= east &&
            south <= point.latitude &&
            point.latitude <= north,
        );
        expect(held).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
