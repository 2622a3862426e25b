/** What of a plan is drawn into an editor; nothing here knows the editor. */
import type { PlanFile, PlanHunk } from "../protocol";

/** Words behind a line that are not in the file: a line that would come. */
export interface Ghost {
  line: number;
  text: string;
  accepted: boolean;
  /** All of the hunk, as a diff, for hovering. */
  diff: string;
}

/** Lines that go: the first and the last of them. */
export interface Removed {
  first: number;
  last: number;
  accepted: boolean;
  diff: string;
}

export interface Marks {
  removed: Removed[];
  ghosts: Ghost[];
}

const WIDTH = 100;

/** The marks for a file of `lineCount` lines; a hunk that is refused has none. */
export function marksOf(file: PlanFile, lineCount: number): Marks {
  const marks: Marks = { removed: [], ghosts: [] };
  for (const hunk of file.hunks.filter((one) => one.refusal === "")) {
    const accepted = file.accepted && hunk.accepted;
    const diff = diffOf(hunk);
    if (hunk.end > hunk.start) {
      const last = Math.min(hunk.end, lineCount) - 1;
      marks.removed.push({ first: hunk.start, last, accepted, diff });
    }
    marks.ghosts.push(...ghosts(hunk, lineCount).map((ghost) => ({ ...ghost, accepted, diff })));
  }
  return marks;
}

/** Each line that comes stands behind one that goes; what is left over, behind the last. */
function ghosts(hunk: PlanHunk, lineCount: number): { line: number; text: string }[] {
  const after = linesOf(hunk.after);
  const first = hunk.end > hunk.start ? hunk.start : Math.max(0, hunk.start - 1);
  const last = Math.max(first, Math.min(hunk.end, lineCount) - 1);
  const found: { line: number; text: string }[] = [];
  for (let line = first; line <= last && after.length > 0; line += 1) {
    const here = line === last ? after.splice(0) : after.splice(0, 1);
    const text = here.map((one) => one.trim()).filter((one) => one !== "");
    found.push({ line, text: short(text.join(" ⏎ ")) });
  }
  return found.filter((ghost) => ghost.text !== "");
}

/** The hunk as a diff. */
export function diffOf(hunk: PlanHunk): string {
  const gone = linesOf(hunk.before).map((line) => `-${line}`);
  const come = linesOf(hunk.after).map((line) => `+${line}`);
  return [...gone, ...come].join("\n");
}

/** How many lines come and go, as people write it. */
export function counts(hunk: PlanHunk): string {
  return `+${linesOf(hunk.after).length} -${linesOf(hunk.before).length}`;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") {
    lines.pop();
  }
  return lines;
}

function short(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}

/** Of `starts`, lines in order, the next one after `line` or before it, all the way round. */
export function neighbour(
  starts: readonly number[],
  line: number,
  step: 1 | -1,
): number | undefined {
  return step === 1
    ? (starts.find((start) => start > line) ?? starts[0])
    : (starts.findLast((start) => start < line) ?? starts.at(-1));
}
