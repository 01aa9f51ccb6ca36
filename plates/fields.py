"""Which way the fibres of a muscle run: a direction at each vertex of its mesh."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sl
import trimesh
from scipy.spatial import cKDTree

from plates.arrays import Floats, Ints

Spec = dict[str, Any]


def direction(mesh: trimesh.Trimesh, spec: Spec) -> Floats:
    """Return the unit direction of the fibres at each vertex, (n, 3), in the surface.

    spec: mode
        vec    one direction for all, `vec`
        point  straight at the point `to` (m)
        fan    converging on the point `to` (m), by heat flow
        along  the way the strands of a drawn part run
        axis   harmonic field between the two ends of the longest axis, or of `ends`: [[x, y, z], [x, y, z]]
    and smooth (rounds).
    """
    vertices, mode = np.asarray(mesh.vertices), spec.get("mode", "axis")
    if mode == "vec":
        field = np.tile(np.array(spec["vec"], float), (len(vertices), 1))
    elif mode == "point":
        field = np.array(spec["to"], float) - vertices
    elif mode == "along":
        points, tangents = mesh.metadata["along"]
        field = tangents[cKDTree(points).query(vertices)[1]]
    elif mode in ("fan", "axis"):
        potential = _heat(mesh, spec) if mode == "fan" else _harmonic(mesh, spec)
        field = _smooth(mesh, _gradient(mesh, potential), spec.get("smooth", 6))
    else:
        raise ValueError(f"no mode of fibres {mode!r}")
    normals = mesh.vertex_normals
    return _unit(field - np.einsum("ij,ij->i", field, normals)[:, None] * normals)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)[:, None])


def _laplacian(vertices: Floats, faces: Ints) -> tuple[Any, Any]:
    """Return the cotangent Laplacian and the lumped mass matrix (m²), both n x n and sparse."""
    i, j, k = faces.T
    n = len(vertices)

    def cotangent(a: Ints, b: Ints, c: Ints) -> Floats:
        u, v = vertices[b] - vertices[a], vertices[c] - vertices[a]
        cross = np.maximum(np.linalg.norm(np.cross(u, v), axis=1), 1e-12)
        return np.clip(np.einsum("ij,ij->i", u, v) / cross, -20, 20)

    a, b, c = cotangent(i, j, k), cotangent(j, k, i), cotangent(k, i, j)
    at = (np.r_[j, k, i, k, i, j], np.r_[k, j, k, i, j, i])
    weights = sp.csr_matrix((0.5 * np.r_[a, a, b, b, c, c], at), (n, n))
    areas = np.linalg.norm(np.cross(vertices[j] - vertices[i], vertices[k] - vertices[i]), axis=1) / 2
    mass = np.bincount(faces.ravel(), np.repeat(areas / 3, 3), n)
    return sp.diags(np.asarray(weights.sum(1)).ravel()) - weights, sp.diags(np.maximum(mass, 1e-12))


def _heat(mesh: trimesh.Trimesh, spec: Spec) -> Floats:
    """Return the logarithm of heat that flows from the vertices next to the point `to`, (n,)."""
    vertices = np.asarray(mesh.vertices)
    laplacian, mass = _laplacian(vertices, mesh.faces)
    away = np.linalg.norm(vertices - np.array(spec["to"], float), axis=1)
    source = np.zeros(len(vertices))
    source[np.argsort(away)[: max(6, int(len(vertices) * 0.004))]] = 1
    edge = mesh.edges_unique_length.mean()
    flow = mass + spec.get("t", 6.0) * edge * edge * 40 * laplacian + 1e-12 * sp.eye(len(vertices))
    return np.log(np.maximum(sl.spsolve(flow.tocsc(), mass @ source), 1e-300))


def _harmonic(mesh: trimesh.Trimesh, spec: Spec) -> Floats:
    """Return the harmonic function that is 0 at one end of a mesh and 1 at the other, (n,); q: share of either end."""
    vertices = np.asarray(mesh.vertices)
    laplacian, _ = _laplacian(vertices, mesh.faces)
    if "ends" in spec:
        start, end = (np.array(point, float) for point in spec["ends"])
        axis = (end - start) / np.linalg.norm(end - start)
    else:
        axis = np.linalg.svd(vertices - vertices.mean(0), full_matrices=False)[2][0]
    along, share = vertices @ axis, spec.get("q", 0.04)
    low, high = along <= np.quantile(along, share), along >= np.quantile(along, 1 - share)
    fixed = low | high
    out = np.where(high, 1.0, 0.0)
    system = laplacian[~fixed][:, ~fixed] + 1e-9 * sp.eye(int((~fixed).sum()))
    out[~fixed] = sl.spsolve(system.tocsc(), -(laplacian[~fixed][:, fixed] @ out[fixed]))
    return out


def _gradient(mesh: trimesh.Trimesh, potential: Floats) -> Floats:
    """Return the unit gradient of a function on the vertices, at each vertex (n, 3)."""
    vertices, faces, u = np.asarray(mesh.vertices), mesh.faces, potential
    i, j, k = faces.T
    normal = np.cross(vertices[j] - vertices[i], vertices[k] - vertices[i])
    by_face = (
        u[i][:, None] * np.cross(normal, vertices[k] - vertices[j])
        + u[j][:, None] * np.cross(normal, vertices[i] - vertices[k])
        + u[k][:, None] * np.cross(normal, vertices[j] - vertices[i])
    ) / np.maximum(np.einsum("ij,ij->i", normal, normal), 1e-18)[:, None]
    by_face, out = _unit(by_face), np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(out, faces[:, corner], by_face * mesh.area_faces[:, None])
    return _unit(out)


def _smooth(mesh: trimesh.Trimesh, vectors: Floats, rounds: int) -> Floats:
    """Return vectors averaged with those of their neighbours, so many times."""
    n, (i, j, k) = len(mesh.vertices), mesh.faces.T
    pairs = (np.r_[i, j, k, j, k, i], np.r_[j, k, i, i, j, k])
    near = sp.csr_matrix((np.ones(6 * len(mesh.faces)), pairs), (n, n))
    count = np.maximum(np.asarray(near.sum(1)).ravel(), 1)[:, None]
    for _ in range(rounds):
        vectors = 0.5 * vectors + 0.5 * (near @ vectors) / count
    return vectors
