import type { ExportNames } from '../../protocol/trainer';
import { codeCell, escapeMarkdown, notebook, textCell } from './jupyterNotebook';
import { imports, surroundings, type ProgramParts } from './programParts';
import { joined, python } from './python';

/** The program as a Jupyter notebook: what each part does, and plots at the end. */
export function notebookOf(
  names: ExportNames,
  { constants, tensors, data, loss, net, loop, main }: ProgramParts,
): string {
  return notebook([
    textCell(`# ${escapeMarkdown(names.experiment)}

This notebook trains an experiment of Unroll in PyTorch: the same data, initial weights, truncation, clipping and optimizer. In double precision its losses are those of Unroll's reference kernels, up to rounding. It needs PyTorch 1.13 or later and matplotlib, and ${escapeMarkdown(names.tensors)} in its folder.

Backpropagation through time is written out, one time step after the other, so that every gradient can be looked at. That is slower than \`torch.nn\`.`),
    codeCell(`${imports}\nimport matplotlib.pyplot as plot`),
    codeCell(
      `# Fewer updates, single precision or another device: change these.\nOPTIONS = argparse.Namespace(steps=None, float32=False, device="cpu", json=False)\n${surroundings}\nFOLDER = os.getcwd()\nSAVED = ${python(names.tensors.replace(/\.safetensors$/, '.pt'))}`,
    ),
    textCell(`## The experiment

T is the number of time steps, B the number of sequences of a batch, I, H and O the numbers of inputs, hidden units and outputs.`),
    codeCell(constants),
    codeCell(tensors),
    textCell(`## The data

A window has T steps of B sequences: the inputs $x_t$, the targets $y_t$, and a mask of the steps that have a loss.`),
    codeCell(joined(data)),
    textCell(`## The loss

$L = \\sum_t L_t$ over the steps that have a target. With the reduction \`mean\` it is divided by the number of targets, with \`sum\` by the number of sequences.`),
    codeCell(loss.trim()),
    textCell(`## The net, and backpropagation through time

The same weights are used at every step: $h_t$ follows from $x_t$ and $h_{t-1}$. So the loss depends on $h_t$ in two ways: through the output of step $t$, and through $h_{t+1}$. The chain rule adds both:

$$\\frac{\\partial L}{\\partial h_t} = \\frac{\\partial L_t}{\\partial h_t} + \\left(\\frac{\\partial h_{t+1}}{\\partial h_t}\\right)^{\\!\\top} \\frac{\\partial L}{\\partial h_{t+1}}$$

\`Net.learn\` walks from the last step back to the first. At each step it adds what comes from above and what comes from the next step, and adds this step's part to the gradient of the weights. The product of many factors on the way back is why gradients vanish or explode.`),
    codeCell(joined(net)),
    textCell(`## Training

Each update: forward, loss, backward, clipping, optimizer.`),
    codeCell(joined([loop, ...main])),
    codeCell('net = train()'),
    textCell(`## The loss over the updates`),
    codeCell(`steps = [line["step"] for line in HISTORY]
plot.figure(figsize=(8, 3))
plot.plot(steps, [line["loss"] for line in HISTORY], label="training")
validated = [line for line in HISTORY if "validationLoss" in line]
if validated:
    plot.plot([line["step"] for line in validated], [line["validationLoss"] for line in validated], "o-", label="validation")
plot.xlabel("update")
plot.ylabel("loss")
plot.legend()
plot.show()`),
    textCell(`## The norm of the gradient, before and after clipping`),
    codeCell(`plot.figure(figsize=(8, 3))
plot.semilogy(steps, [line["gradNorm"] for line in HISTORY], label="before clipping")
plot.semilogy(steps, [line["clippedNorm"] for line in HISTORY], label="after clipping")
plot.xlabel("update")
plot.ylabel("norm of the gradient of all parameters")
plot.legend()
plot.show()`),
    textCell(`## The gradient through time

The norm of $\\partial L / \\partial h_t$ over the batch at the last update, for every step that the gradient reached. On this logarithmic axis a straight line is a constant factor per step.`),
    codeCell(`plot.figure(figsize=(8, 3))
for layer, norms in enumerate(net.norms):
    plot.semilogy(range(len(norms)), norms, "o-", label=f"layer {layer}")
plot.xlabel("time step t")
plot.ylabel("norm of the gradient by h_t")
plot.legend()
plot.show()`),
  ]);
}
