import * as vscode from "vscode";
import type { Failure } from "./protocol";

/** A failure that has its message for people, and the buttons that mend it. */
export class Trouble extends Error {
  constructor(
    message: string,
    readonly cures: readonly Cure[] = [],
  ) {
    super(message);
  }
}

export type Cure = keyof typeof CURES;

const CURES = {
  Install: "homespun.ui.install",
  Restart: "homespun.ui.restart",
  "Show log": "homespun.ui.log",
  Settings: "homespun.ui.settings",
  "Choose a model": "homespun.ui.selectModel",
  Doctor: "homespun.ui.doctor",
} as const;

const BY_CODE: Record<string, readonly Cure[]> = {
  no_model: ["Choose a model", "Doctor"],
  unreachable: ["Doctor", "Choose a model"],
  unknown_model: ["Choose a model", "Doctor"],
  wrong_key: ["Doctor"],
  bad_setting: ["Settings"],
  internal: ["Show log"],
};

/** The message and the buttons for whatever was thrown. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) {
    return error;
  }
  if (isResponse(error)) {
    const failure = error.data ?? {};
    const words = `${error.message} ${failure.hint ?? ""}`.trim();
    return new Trouble(`Homespun: ${words}`, BY_CODE[failure.code ?? ""] ?? []);
  }
  const words = error instanceof Error ? error.message : String(error);
  return new Trouble(`Homespun: ${words}`, ["Show log"]);
}

/** Whether the server itself answered with this error, which then has its code of JSON-RPC. */
export function isResponse(
  error: unknown,
): error is Error & { code: number; data?: Partial<Failure> } {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}

/** Show what went wrong; a button runs its cure. */
export async function show(error: unknown): Promise<void> {
  const trouble = troubleOf(error);
  const picked = await vscode.window.showErrorMessage(trouble.message, ...trouble.cures);
  if (picked !== undefined) {
    await vscode.commands.executeCommand(CURES[picked]);
  }
}

/** `work` as a command's handler: a failure is shown, not thrown at the editor. */
export function shown<T extends unknown[]>(work: (...given: T) => unknown) {
  return async (...given: T): Promise<unknown> => {
    try {
      return await work(...given);
    } catch (error) {
      void show(error);
      return undefined;
    }
  };
}
