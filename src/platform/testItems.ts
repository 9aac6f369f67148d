import { Location, TestMessage, type Range, type TestController, type TestItem, type TestRun, type Uri } from 'vscode';
import { plainText, singleLine } from '../text/plainText';

/** The content of a test item. */
export interface TestItemContent {
  /** Unique among the items of its parent. */
  readonly id: string;
  readonly label: string;
  readonly uri: Uri;
  /** Where it is in the file. */
  readonly range?: Range;
}

/** A test item whose texts are shown as plain text. */
export function testItem(controller: TestController, content: TestItemContent): TestItem {
  const item = controller.createTestItem(content.id, plainText(content.label), content.uri);
  updateTestItem(item, content);
  return item;
}

/** Changes the texts and the place of a test item, which keeps its result. */
export function updateTestItem(item: TestItem, { label, range }: TestItemContent): void {
  Object.assign(item, { label: plainText(label), range });
}

/** The error of a test item that can't be listed, as plain text; undefined for none. */
export function setTestItemError(item: TestItem, message: string | undefined): void {
  item.error = message === undefined ? undefined : plainText(message);
}

/** The content of a message about a test that failed. */
export interface TestMessageContent {
  readonly message: string;
  /** Where it is shown. */
  readonly uri: Uri;
  readonly range: Range;
  /** What was expected and found; shown side by side. */
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
}

/** A message about a test that failed, as plain text. */
export function testMessage({ message, uri, range, expected, actual }: TestMessageContent): TestMessage {
  const made = new TestMessage(plainText(message));
  made.location = new Location(uri, range);
  if (expected !== undefined) made.expectedOutput = plainText(expected);
  if (actual !== undefined) made.actualOutput = plainText(actual);
  return made;
}

/** Adds a line to the output of a test run, without anything that the terminal it is shown in would obey. */
export function appendTestOutput(run: TestRun, text: string, item?: TestItem): void {
  run.appendOutput(`${singleLine(text)}\r\n`, undefined, item);
}
