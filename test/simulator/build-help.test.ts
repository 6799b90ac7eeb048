import { expect, test } from 'vitest'
import { isBuildFailure, missingForBuild, remedied } from '../../src/simulator/build-help.ts'
import { buildRefusal } from '../../src/simulator/explain.ts'
import { readNotes, renderLock } from '../../src/simulator/lock.ts'

test.each([
  ['error in demo setup command: use_2to3 is invalid.', ['setuptools<58']],
  ["ModuleNotFoundError: No module named 'pkg_resources'", ['setuptools<81']],
  ["AttributeError: 'Compiler' object has no attribute 'dry_run'", ['setuptools<80']],
  ['from numpy.distutils.core import setup', ['setuptools<60', 'numpy<1.26']],
  ['Cython.Compiler.Errors.CompileError: demo.pyx', ['Cython<3']],
  ['Compatibility with CMake < 3.5 has been removed from CMake.', ['cmake<4']],
])('what a build would have needed: %s', (log, constraints) => {
  expect(remedied({ names: [], constraints: [] }, log)?.constraints).toEqual(constraints)
  // The same sign again: it did not help, so the search for a remedy ends.
  expect(remedied({ names: [], constraints }, log)).toBeUndefined()
})

test('a log without a known sign has no remedy', () => {
  expect(remedied({ names: [], constraints: ['numpy<2'] }, 'segmentation fault')).toBeUndefined()
  expect(isBuildFailure('error: subprocess-exited-with-error')).toBe(true)
  expect(isBuildFailure('No solution found when resolving dependencies')).toBe(false)
})

test.each([
  ["error: command 'gcc' failed: No such file", 'gcc'],
  ["ModuleNotFoundError: No module named 'numpy'", 'its build script needs numpy'],
  ['fatal error: Python.h: No such file or directory', 'Python.h'],
])('what is missing on the machine is named: %s', (log, named) => {
  expect(missingForBuild(log)).toContain(named)
  const { message } = buildRefusal(`Failed to build demo\n${log}`, { names: ['demo'], constraints: ['numpy<2'] })
  expect(message).toContain('also with numpy<2')
  expect(message).toContain(named)
  expect(message).toContain('`graft doctor`')
})

test('a lock says how it came about, and is read so again', () => {
  const pins = [{ name: 'old-sim', version: '1.0', hashes: ['a'.repeat(64)] }]
  const built = { names: ['old-sim'], constraints: ['setuptools<58', 'numpy<2'] }
  const isolated = { python: '3.11', conflicts: [] }
  const { requirements } = renderLock(pins, { isolated, built, undeclared: ['scipy'] })
  expect(requirements).toContain('# Needed and not declared by the package: scipy\n')
  expect(readNotes(requirements)).toEqual({ isolatedPython: '3.11', built })
  expect(readNotes(renderLock(pins).requirements)).toEqual({
    isolatedPython: undefined,
    built: { names: [], constraints: [] },
  })
  expect(readNotes('# Built from source: x with -r evil, numpy<2\n').built.constraints).toEqual(['numpy<2'])
})
