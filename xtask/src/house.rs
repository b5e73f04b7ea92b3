//! The workspace as the rules see it: manifests, dependencies, and sources as tokens.

pub mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package};

use crate::workspace::Workspace;
use source::Source;

/// The whole workspace.
#[derive(Default)]
pub struct House {
    pub members: Vec<Member>,
    /// Documents and scripts outside the crates: path and text.
    pub papers: Vec<(PathBuf, String)>,
}

/// One crate of ours.
#[derive(Default)]
pub struct Member {
    pub name: String,
    pub floor: Option<u8>,
    /// Dependencies that are there for a feature and that no source names.
    pub unnamed: Vec<String>,
    /// The manifest: path from the root, and text.
    pub manifest: PathBuf,
    pub manifest_text: String,
    pub dependencies: Vec<Dependency>,
    pub sources: Vec<Source>,
}

/// A dependency as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    /// What sources call it.
    pub word: String,
    pub is_dev: bool,
}

/// Crates that build, start or test the house: they may know everything.
pub const SPARED: [&str; 6] = ["app", "testkit", "testkit-macros", "stories", "bench", "xtask"];

impl Member {
    pub fn is_spared(&self) -> bool {
        SPARED.contains(&self.name.as_str())
    }

    /// True for crates that are tests through and through.
    pub fn is_test(&self) -> bool {
        matches!(self.name.as_str(), "testkit" | "testkit-macros" | "stories" | "bench")
    }

    /// The line of the manifest that begins with `key`; 1 when there is none.
    pub fn line_of(&self, key: &str) -> usize {
        let is_it = |line: &str| {
            line.trim_start()
                .strip_prefix(key)
                .is_some_and(|rest| !rest.starts_with(|c: char| c == '-' || c.is_alphanumeric()))
        };
        self.manifest_text.lines().position(is_it).map_or(1, |index| index + 1)
    }
}

impl House {
    /// Reads the workspace.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(workspace.root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("the manifests cannot be read")?;
        let members = metadata.workspace_packages();
        let members = members.into_iter().map(|package| member(&workspace.root, package)).collect::<Result<_>>()?;
        Ok(Self { members, papers: papers(&workspace.root)? })
    }

    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

fn member(root: &Path, package: &Package) -> Result<Member> {
    let manifest = package.manifest_path.as_std_path();
    let folder = manifest.parent().context("a manifest without a folder")?;
    let house = package.metadata.get("house");
    let floor = house.and_then(|house| house.get("floor")?.as_u64()).and_then(|floor| u8::try_from(floor).ok());
    let unnamed = house.and_then(|house| house.get("unnamed")?.as_array());
    let unnamed = unnamed.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let mut sources = Vec::new();
    for part in ["src", "tests", "examples", "benches", "build.rs"] {
        let mut files = Vec::new();
        collect(&folder.join(part), &mut files)?;
        for file in files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
            let text = fs::read_to_string(&file)?;
            sources.push(Source::read(relative(root, &file), folder.strip_prefix(root)?, text));
        }
    }
    source::mark_tests(&mut sources);
    Ok(Member {
        name: package.name.to_string(),
        floor,
        unnamed,
        manifest: relative(root, manifest),
        manifest_text: fs::read_to_string(manifest)?,
        dependencies: package.dependencies.iter().map(dependency).collect(),
        sources,
    })
}

fn dependency(dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        name: dependency.name.clone(),
        word: dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_"),
        is_dev: dependency.kind == DependencyKind::Development,
    }
}

/// Everything below a folder, or the file itself; nothing when it is not there.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    }
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

fn papers(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "md" || end == "toml") {
            files.push(path);
        }
    }
    collect(&root.join("docs"), &mut files)?;
    collect(&root.join(".ci"), &mut files)?;
    let texts = files.into_iter().filter_map(|file| Some((relative(root, &file), fs::read_to_string(&file).ok()?)));
    Ok(texts.collect())
}

/// The packages that are built with the house, and which packages each of them needs.
pub struct Packages {
    pub metadata: Metadata,
    /// Names of what is built on this machine.
    pub built: BTreeSet<String>,
}

impl Packages {
    /// Asks Cargo. What is listed but switched off by features is not built.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(workspace.root.join("Cargo.toml"))
            .features(CargoOpt::AllFeatures)
            .exec()
            .context("the packages cannot be read")?;
        let tree = ["tree", "--workspace", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let tree = crate::workspace::output(&mut workspace.cargo(&tree))?;
        let built = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        Ok(Self { metadata, built })
    }

    /// The names of all packages that `name` needs to be built, itself included.
    pub fn below(&self, name: &str) -> BTreeSet<String> {
        let Some(resolve) = &self.metadata.resolve else { return BTreeSet::new() };
        let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
        let names: BTreeMap<_, _> = self.metadata.packages.iter().map(|package| (&package.id, &package.name)).collect();
        let mut open: Vec<_> = names.iter().filter(|(_, known)| known.as_str() == name).map(|(id, _)| *id).collect();
        let mut seen: BTreeSet<_> = open.iter().copied().collect();
        while let Some(id) = open.pop() {
            let needs = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            let needs = needs.filter(|need| need.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
            open.extend(needs.map(|need| &need.pkg).filter(|id| seen.insert(id)));
        }
        seen.into_iter().filter_map(|id| names.get(id)).map(ToString::to_string).collect()
    }
}
