import * as vscode from "vscode";
import type { Asking } from "./asking";
import type { ListedProvider } from "./protocol";
import type { Server } from "./server";
import type { Status } from "./status";
import { show } from "./trouble";

interface Item extends vscode.QuickPickItem {
  model?: string;
  provider?: ListedProvider;
}

const PULL: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("cloud-download"),
  tooltip: "Download a model to this server",
};
const DELETE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("trash"),
  tooltip: "Delete this model from its server",
};

/** The models there are, each server with its health; choose one, download one, delete one. */
export class Models {
  constructor(
    private readonly server: Server,
    private readonly asking: Asking,
    private readonly status: Status,
  ) {}

  /** Show which model serves, once the server runs; where it cannot be told, nothing is shown. */
  async tellStatus(): Promise<void> {
    const { providers } = await this.server.request("homespun/models", {});
    this.status.serving(providers);
  }

  async choose(): Promise<void> {
    const box = vscode.window.createQuickPick<Item>();
    box.title = "Homespun: choose the model";
    box.placeholder = "Asking the model servers ...";
    box.matchOnDescription = true;
    box.busy = true;
    box.onDidHide(() => box.dispose());
    box.onDidTriggerItemButton(({ button, item }) => {
      box.hide();
      void (button === PULL ? this.pull(item) : this.remove(item)).catch(show);
    });
    box.onDidAccept(() => {
      const model = box.activeItems[0]?.model;
      if (model !== undefined) {
        box.hide();
        void this.select(model).catch(show);
      }
    });
    box.show();
    try {
      box.items = itemsOf((await this.server.request("homespun/models", {})).providers);
      box.placeholder = "Which model shall answer?";
      box.busy = false;
    } catch (error) {
      box.hide();
      throw error;
    }
  }

  private async select(model: string): Promise<void> {
    const done = await this.asking.ask(
      "homespun/selectModel",
      { model, keep: true },
      `Homespun: switching to ${model}`,
    );
    if (done === undefined) {
      return;
    }
    const { status, reason, hint, local } = done.result;
    const words = [
      `Homespun: ${done.result.model} (${local ? "local" : "cloud"}) ${WORDS[status]}.`,
      reason,
      hint,
    ];
    const tell =
      status === "switched"
        ? vscode.window.showInformationMessage
        : vscode.window.showWarningMessage;
    if (status !== "kept") {
      this.status.show(done.result.model, local);
    }
    void tell(words.filter((word) => word !== "").join(" "));
  }

  private async pull(item: Item): Promise<void> {
    const provider = item.provider?.provider ?? "";
    const name = await vscode.window.showInputBox({
      title: `Homespun: download a model to ${provider}`,
      prompt: "The model's name, such as qwen2.5-coder:7b",
    });
    if (name !== undefined && name.trim() !== "") {
      const model = `${provider}/${name.trim()}`;
      await this.asking.ask("homespun/pullModel", { model }, `Homespun: downloading ${model}`);
      await this.choose();
    }
  }

  private async remove({ model = "" }: Item): Promise<void> {
    const question = `Delete ${model} from its server? Homespun cannot bring it back.`;
    const picked = await vscode.window.showWarningMessage(question, { modal: true }, "Delete");
    if (picked === "Delete") {
      await this.asking.ask("homespun/deleteModel", { model }, `Homespun: deleting ${model}`);
    }
  }
}

const WORDS = {
  switched: "answers from now on",
  warned: "answers from now on, but something is wrong",
  kept: "stays: the other one cannot answer",
} as const;

function itemsOf(providers: readonly ListedProvider[]): Item[] {
  return providers.flatMap((provider) => [
    {
      label: `${provider.provider} · ${provider.status}`,
      kind: vscode.QuickPickItemKind.Separator,
    },
    ...provider.models.map((name) => modelItem(provider, name)),
    ...(provider.models.length === 0 ? [emptyItem(provider)] : []),
  ]);
}

function modelItem(provider: ListedProvider, name: string): Item {
  const serves = provider.serves === name;
  const ready = provider.status === "ready";
  return {
    label: `$(${serves ? "check" : provider.local ? "home" : "cloud"}) ${name}`,
    description: [
      provider.provider,
      provider.local ? "local" : "cloud",
      ready ? "" : provider.status,
    ]
      .filter((word) => word !== "")
      .join(" · "),
    detail: ready ? "" : `${provider.reason} ${provider.hint}`.trim(),
    model: `${provider.provider}/${name}`,
    provider,
    buttons: provider.manageable ? [PULL, DELETE] : [],
  };
}

function emptyItem(provider: ListedProvider): Item {
  return {
    label: `$(circle-slash) ${provider.provider}: ${provider.status}`,
    detail: `${provider.reason} ${provider.hint}`.trim(),
    provider,
    buttons: provider.manageable ? [PULL] : [],
  };
}
