import { covering, onto, type Region } from './regions';

interface Box extends Region {
  label: string;
  kind: string;
  score: number;
}

interface Row<B> {
  seq: number;
  group?: number;
  outcome: string;
  boxes?: readonly B[];
  part?: Region;
  image?: { width: number; height: number };
}

/**
 * What the newest answers found, as places in all of the picture, and whose number that is. Answers about one frame count together; once a newer
 * frame is answered, what was found before is over, also where nothing is found now.
 */
export function foundIn<B extends Box>(rows: readonly Row<B>[]): { seq: number; boxes: B[] } {
  const newest = rows.find((row) => row.outcome === 'answered');
  if (!newest) return { seq: 0, boxes: [] };
  const mates = newest.group ? rows.filter((row) => row.group === newest.group && row.outcome === 'answered') : [newest];
  return { seq: newest.seq, boxes: mates.flatMap(({ boxes = [], part }) => boxes.map((box) => ({ ...box, ...onto(box, part) }))) };
}

/** The frames over a small picture that covers its place, whatever its own shape. */
export function framesOf<B extends Box>({ boxes = [], image }: Pick<Row<B>, 'boxes' | 'image'>, shape: number): B[] {
  if (!image || image.height === 0) return [];
  const own = image.width / image.height;
  return boxes.flatMap((box) => {
    const place = covering(box, own, shape);
    return place ? [{ ...box, ...place }] : [];
  });
}

/** A box with its certainty told. */
export const withScore = <B extends Box>(box: B, told: (label: string, score: number) => string): B => ({ ...box, label: told(box.label, box.score) });
