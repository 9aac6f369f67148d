// @ts-check The parts of VS Code's API that show text, and may render links or icons in it. Only src/platform uses
// them, with plainText.

/** Members of `window` that show text. */
const calls = [
  ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage', 'withProgress'],
  ...['showQuickPick', 'createQuickPick', 'showInputBox', 'createInputBox', 'showWorkspaceFolderPick'],
  ...['createStatusBarItem', 'createOutputChannel', 'createTerminal'],
];

/** Classes whose instances show text. */
const classes = [
  ...['CodeLens', 'CompletionItem', 'Diagnostic', 'DiagnosticRelatedInformation', 'DocumentSymbol', 'InlayHint'],
  ...['MarkdownString', 'SymbolInformation', 'TreeItem', 'CodeAction', 'FileDecoration', 'TestMessage'],
];

/** Methods of tests that show text: of controllers and of runs. */
const testMethods = ['createTestItem', 'appendOutput'];

/** Properties with displayed text: of panels, tree items and status bar items. */
const properties = ['title', 'tooltip', 'accessibilityInformation', 'badge'];

const message =
  'This may show text of a file as a link or an icon: use the function of src/platform that makes it plain.';
/** @param {readonly string[]} names */
const oneOf = (names) => `/^(${names.join('|')})$/`;

/** For `no-restricted-syntax`, everywhere in src except in src/platform. */
export const bareCalls = [
  `MemberExpression[object.name='window'][property.name=${oneOf(calls)}]`,
  `MemberExpression[object.property.name='window'][property.name=${oneOf(calls)}]`,
  `MemberExpression[computed=true][property.value=${oneOf(calls)}]`,
  `ObjectPattern > Property[key.name=${oneOf(calls)}]`,
  `ImportDeclaration[source.value='vscode'][importKind='value'] > ImportSpecifier[importKind='value'][imported.name=${oneOf(classes)}]`,
  `ImportDeclaration[source.value='vscode'][importKind='value'] > ImportNamespaceSpecifier`,
  `ImportExpression[source.value='vscode']`,
  `CallExpression > MemberExpression.callee[property.name=${oneOf(testMethods)}]`,
  `AssignmentExpression > MemberExpression.left[property.type='Identifier'][property.name=${oneOf(properties)}]`,
].map((selector) => ({ selector, message }));
