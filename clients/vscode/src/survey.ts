import * as vscode from "vscode";
import { count } from "./counting";
import type { Survey, SurveyResult } from "./protocol";

/** Let the user choose which files a refactor works on; closing the list leaves all as it is. */
export async function survey(found: Survey): Promise<SurveyResult> {
  const items = found.files.map((file) => ({
    label: file.path,
    description: file.refusal === "" ? `about ${file.tokens} tokens` : `refused: ${file.refusal}`,
    detail: file.reasons.join(" · "),
    picked: file.chosen,
    uri: file.uri,
    refused: file.refusal !== "",
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Homespun: ${found.instruction}`,
    placeHolder: [costOf(found), found.summary, ...found.notes].filter(Boolean).join(" · "),
    canPickMany: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return { chosen: picked?.filter((item) => !item.refused).map((item) => item.uri) ?? null };
}

function costOf({ cost }: Survey): string {
  const time = cost.seconds === null ? "" : `, about ${Math.ceil(cost.seconds / 60)} min`;
  return `${count(cost.files, "file")}, about ${cost.tokens} tokens${time}`;
}
