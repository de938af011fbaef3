import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

/** How long the workbench may take for anything that a person would wait for. */
const patienceMs = 60_000;

/** VS Code as a person sees and drives it: by keyboard where there is a key for it. Every call waits and rejects when its time is up. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patienceMs);
  }

  static async open(browser: Browser, url: string, viewport = { width: 1280, height: 800 }): Promise<Workbench> {
    const page = await browser.newPage({ viewport });
    const workbench = new Workbench(page);
    await page.goto(url);
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    // The status bar gets its remote indicator when the server is reached; commands of extensions exist soon after.
    await page.waitForSelector('.part.statusbar .statusbar-item', { timeout: 60_000 });
    return workbench;
  }

  /**
   * Runs a command through the palette by its full title: `S3 Batch: Start Local Engine`. Opens the palette again when something else
   * took the focus, and with it the palette, away.
   */
  async command(title: string): Promise<void> {
    await this.#untilDone(async (timeout) => {
      await this.page.keyboard.press('F1');
      await this.#quickInput().fill(`>${title}`, { timeout });
      await this.quickRows().filter({ hasText: title }).and(this.page.locator('.focused')).waitFor({ timeout });
      await this.page.keyboard.press('Enter');
    });
  }

  /** Whether the palette offers a command at all. */
  async hasCommand(title: string): Promise<boolean> {
    await this.page.keyboard.press('F1');
    await this.#quickInput().fill(`>${title}`);
    await this.quickRows().first().waitFor();
    const count = await this.quickRows().filter({ hasText: title }).count();
    await this.page.keyboard.press('Escape');
    return count > 0;
  }

  /**
   * Opens a file of the workspace, at a line (1-based) when one is given. Resolves when keys reach its editor. Asks again when something
   * else took the focus, as a page does that has just been opened.
   */
  async openFile(name: string, line?: number): Promise<void> {
    const file = name.split('/').at(-1) ?? name;
    await this.#untilDone(async (timeout) => {
      await this.page.keyboard.press('Control+P');
      await this.#quickInput().fill(line === undefined ? name : `${name}:${line}`, { timeout });
      // Pages whose names hold that of the file are offered, too.
      const wanted = this.quickRows().and(this.page.locator(`[aria-label^="${file}"]`));
      await wanted.first().waitFor({ timeout });
      for (let moves = 0; (await wanted.and(this.page.locator('.focused')).count()) === 0; moves += 1) {
        if (moves === 20) throw new Error(`The list of files does not come to ${file}.`);
        await this.page.keyboard.press('ArrowDown');
      }
      await this.page.keyboard.press('Enter');
      await this.page.locator(`.tab.active[data-resource-name="${file}"]`).first().waitFor({ timeout });
      await this.page.locator('.editor-group-container.active > .editor-container:focus-within').waitFor({ timeout });
    });
    if (line !== undefined) await this.statusBarItem(new RegExp(`^Ln ${line},`)).waitFor();
  }

  /** Tries again, from what Escape leaves, until it goes well or the time is up. */
  async #untilDone(attempt: (timeoutMs: number) => Promise<void>): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        await attempt(5000);
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  tab(name: string): Locator {
    return this.page.locator('.tab').filter({ hasText: name }).first();
  }

  /** Text of the active editor's visible lines. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-instance .view-lines').first();
    await lines.waitFor();
    return (await lines.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Squiggles of one kind in the active editor. */
  squiggles(kind: 'error' | 'warning' | 'info'): Locator {
    return this.page.locator(`.editor-instance .squiggly-${kind}`);
  }

  // Quick input -------------------------------------------------------------------------------------------------------------------

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input.input').first();
  }

  quickRows(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }

  /** Title of the step that asks, such as `Create Job`. */
  quickTitle(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-title');
  }

  /** What the step says below its field: the prompt, or what is wrong with the value. */
  quickMessage(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-message');
  }

  /** Picks the entry with this text in the quick pick that is open. */
  async pick(text: string | RegExp): Promise<void> {
    const row = this.quickRows().filter({ hasText: text }).first();
    await row.waitFor();
    await row.click();
  }

  /** Fills the field of the quick input that is open and accepts it. Without a value: accepts what it proposes. */
  async enter(value?: string): Promise<void> {
    const input = this.#quickInput();
    await input.waitFor();
    if (value !== undefined) await input.fill(value);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Answers the file dialog with this title, which is a quick input here. It fills in what it proposes some time after it has come up, so
   * the path is typed until it stays.
   */
  async enterPath(title: string, path: string): Promise<void> {
    await this.quickTitle().filter({ hasText: title }).waitFor();
    const input = this.#quickInput();
    const until = performance.now() + patienceMs;
    for (let times = 0; times < 3; times = (await input.inputValue()) === path ? times + 1 : 0) {
      if (performance.now() > until) throw new Error(`The dialog ${title} does not take ${path}.`);
      if (times === 0) await input.fill(path);
      await this.page.waitForTimeout(300);
    }
    await this.page.keyboard.press('Enter');
  }

  // Views -------------------------------------------------------------------------------------------------------------------------

  /** Rows of the trees in the side bar, whose text is label and description. */
  treeRows(): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row');
  }

  treeRow(text: string | RegExp): Locator {
    return this.treeRows().filter({ hasText: text }).first();
  }

  /** The row that keys go to: of the tree that has the focus. */
  focusedRow(text: string | RegExp): Locator {
    return this.page.locator('.monaco-list:focus .monaco-list-row.focused').filter({ hasText: text });
  }

  /** Moves the focus to a row of one of our views by keyboard. The tree must show the row. */
  async focusRow(view: 'Jobs' | 'Report', text: string | RegExp): Promise<void> {
    const pane = this.page.locator('.pane').filter({ has: this.page.locator(`.pane-header[aria-label^="${view}"]`) });
    const tree = pane.locator('.monaco-list:focus');
    // An editor that opens meanwhile, as one of a debugger does, may take the focus: then once more.
    await this.#untilDone(async (timeout) => {
      await this.command(`S3 Batch Operations: Focus on ${view} View`);
      await tree.waitFor({ timeout });
    });
    await tree.locator('.monaco-list-row').filter({ hasText: text }).first().waitFor();
    const row = this.focusedRow(text);
    // A tree that is drawn anew in between may put the focus elsewhere: then from its first row again.
    await this.#untilDone(async (timeout) => {
      await this.page.keyboard.press('Home');
      const focused = this.focusedRow('');
      await focused.waitFor({ timeout });
      for (let moves = 0; (await row.count()) === 0; moves += 1) {
        if (moves === 100) throw new Error(`No row of ${view} that says ${String(text)} gets the focus.`);
        const before = (await focused.getAttribute('data-index', { timeout })) ?? '';
        await this.page.keyboard.press('ArrowDown');
        await this.page.locator(`.monaco-list:focus .monaco-list-row.focused:not([data-index="${before}"])`).waitFor({ timeout });
      }
    });
  }

  /** Opens the context menu of what has the focus and chooses an entry, by keyboard. */
  async chooseInMenu(entry: string): Promise<void> {
    await this.page.keyboard.press('Shift+F10');
    const menu = this.page.locator('.monaco-menu .action-item:not(.disabled)');
    const wanted = this.page.locator('.monaco-menu .action-item.focused').filter({ hasText: entry });
    await menu.filter({ hasText: entry }).waitFor();
    const count = await menu.count();
    for (let moves = 0; (await wanted.count()) === 0; moves += 1) {
      if (moves > count) throw new Error(`The menu does not come to ${entry}.`);
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
  }

  /** The welcome text of an empty view. */
  welcome(): Locator {
    return this.page.locator('.part.sidebar .welcome-view:visible');
  }

  /** Opens the Problems view and returns its rows. */
  async problems(): Promise<Locator> {
    await this.command('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    return rows;
  }

  /** Text of the panel: Output, Problems, Terminal. */
  async panelText(): Promise<string> {
    return (await this.page.locator('.part.panel').innerText()).replaceAll('\u00a0', ' ');
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }

  /** As a toast, or in the notification centre: a VS Code that is driven by tests shows no toasts. */
  notification(text: string | RegExp): Locator {
    return this.page
      .locator(':is(.notifications-toasts, .notifications-center) .notification-list-item')
      .filter({ hasText: text })
      .first();
  }

  /** Opens the notification centre until it shows a notification: an empty one closes again. */
  async waitForNotification(text: string | RegExp): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      await this.command('Notifications: Show Notifications');
      try {
        await this.notification(text).waitFor({ timeout: 2000 });
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
      }
    }
  }

  /** Presses a button of a notification. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).locator('.monaco-button', { hasText: button }).first().click();
  }

  async clearNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
  }

  /** Waits until what is drawn has come to rest: fonts, icons, squiggles, progress bars. Rejects when it never does. */
  async settle(): Promise<void> {
    let before = '';
    const until = Date.now() + patienceMs;
    for (let same = 0; same < 3;) {
      if (Date.now() > until) throw new Error('The picture does not come to rest.');
      const now = (await this.page.screenshot()).toString('base64');
      same = now === before ? same + 1 : 0;
      before = now;
      await this.page.waitForTimeout(300);
    }
  }

  /** The modal question, whose buttons `confirm` presses. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async confirm(button: string): Promise<void> {
    await this.dialog().locator('.monaco-button', { hasText: button }).first().click();
    await this.dialog().waitFor({ state: 'detached' });
  }

  /** Drags the border of the side bar. */
  async widenSideBar(byPixels: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('There is no side bar to be seen.');
    const [x, y] = [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + byPixels, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** A picture of the window, or of what is below its title bar. */
  async screenshot(file: string, options: { hasTitleBar?: boolean } = {}): Promise<string> {
    await mkdir(dirname(file), { recursive: true });
    const title = options.hasTitleBar === false ? await this.page.locator('.part.titlebar').boundingBox() : null;
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    const top = title?.height ?? 0;
    await this.page.screenshot({ path: file, ...(top === 0 ? {} : { clip: { x: 0, y: top, width, height: height - top } }) });
    return file;
  }
}
