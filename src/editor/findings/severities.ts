import { DiagnosticSeverity } from 'vscode';
import type { Finding } from '../../diagnosis/finding';

/** The severity of a diagnostic, by the level of its finding. */
export const severities: Readonly<Record<Finding['level'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Information,
};
