//! How a cluster runs.

/// How a cluster runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether commits wait for the disk. Without it a commit survives the server's death, but not the machine's.
    pub fsync: bool,
    /// How many connections there may be at once.
    pub max_connections: u16,
    /// Further settings of the server, by name.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// What tests need that do not crash machines: no fsync.
    pub fn fast() -> Self {
        Self { fsync: false, ..Self::default() }
    }

    /// With another limit on connections.
    #[must_use]
    pub fn with_connections(self, max_connections: u16) -> Self {
        Self { max_connections, ..self }
    }

    /// With one more setting of the server.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The settings for the server's command line; later ones win.
    pub(super) fn all_settings(&self) -> Vec<String> {
        let mut all = vec![
            format!("max_connections={}", self.max_connections),
            // In the folder, which is removed; a killed server leaves what it has elsewhere.
            "dynamic_shared_memory_type=mmap".to_owned(),
        ];
        if !self.fsync {
            all.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
        }
        all.extend(self.settings.iter().map(|(name, value)| format!("{name}={value}")));
        all
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { fsync: true, max_connections: 100, settings: Vec::new() }
    }
}
