import './texts';
// The shared styles come first, from the general to the special, so that a cell's own styles can override them.
import '../theme/page.css';
import '../theme/findings.css';
import '../ui/math/math.css';
import '../ui/controls.css';
import '../plot/plot.css';
import '../plot/table.css';
import '../plot/heatmap/legend.css';
import '../plot/heatmap/matrixFigure.css';
import '../notebook/cell/cellFrame.css';
import '../notebook/notebook.css';
import '../notebook/sequence.css';
import { showComparison } from '../comparison/comparisonPage';
import { showLessons } from '../lessons/lessonsPage';
import { showNotebook } from '../notebook/notebookPage';
import { showRangeTest } from '../rangeTest/rangeTestPage';
import { showRunsTable } from '../runsTable/runsTablePage';
import { registerControls } from '../ui/controls';
import { copyMathAsText } from '../ui/math/copyMath';

// The element's data-kind says which page to show.
registerControls();
copyMathAsText();
const root = document.getElementById('notebook');
if (root === null) throw new Error('The page has no element "notebook".');
if (root.dataset['kind'] === 'comparison') showComparison(root);
else if (root.dataset['kind'] === 'rangeTest') showRangeTest(root);
else if (root.dataset['kind'] === 'runsTable') showRunsTable(root);
else if (root.dataset['kind'] === 'lessons') showLessons(root);
else showNotebook(root);
