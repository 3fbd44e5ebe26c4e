//! A Dockerfile as far as promises depend on it: stages and instructions.

/// A stage.
pub(super) struct Stage {
    /// What it is made from: an image, or another stage.
    pub(super) from: String,
    name: Option<String>,
    pub(super) instructions: Vec<Instruction>,
}

/// An instruction.
pub(super) struct Instruction {
    /// Its name, in capitals.
    pub(super) name: String,
    /// What is behind the name, the lines joined.
    pub(super) rest: String,
    /// Its first line as it is written.
    pub(super) line: String,
}

impl Instruction {
    /// What is behind the options.
    pub(super) fn arguments(&self) -> &str {
        let mut rest = self.rest.trim_start();
        while rest.starts_with("--") {
            rest = rest.split_once(char::is_whitespace).map_or("", |it| it.1);
            rest = rest.trim_start();
        }
        rest
    }

    /// Whether it has an option.
    pub(super) fn has_option(&self, name: &str) -> bool {
        let words = self.rest.split_whitespace();
        let mut options = words.take_while(|word| word.starts_with("--"));
        options.any(|option| option.starts_with(name))
    }
}

/// The stages of a Dockerfile, in order.
pub(super) fn stages(text: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for instruction in instructions(text) {
        if instruction.name == "FROM" {
            let mut words = instruction.arguments().split_whitespace();
            let from = words.next().unwrap_or_default().to_owned();
            let is_named = words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("as"));
            let name = words.next().filter(|_| is_named).map(str::to_owned);
            stages.push(Stage {
                from,
                name,
                instructions: Vec::new(),
            });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(instruction);
        }
    }
    stages
}

/// The last stage and those that it is made from, itself first.
pub(super) fn chain(stages: &[Stage]) -> Vec<&Stage> {
    let mut chain = Vec::new();
    let mut at = stages.len().checked_sub(1);
    while let Some(index) = at {
        let stage = &stages[index];
        chain.push(stage);
        // Only an earlier stage can be meant.
        at = stages[..index].iter().rposition(|earlier| {
            let name = earlier.name.as_deref();
            name.is_some_and(|name| name.eq_ignore_ascii_case(&stage.from))
        });
    }
    chain
}

fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let first = line.trim();
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        let mut whole = first.to_owned();
        while let Some(open) = whole.strip_suffix('\\') {
            whole.truncate(open.len());
            // Comments and empty lines are no part of an instruction.
            let mut rest = lines.by_ref().map(str::trim);
            match rest.find(|line| !line.is_empty() && !line.starts_with('#')) {
                Some(next) => whole.push_str(next),
                None => break,
            }
        }
        let (name, rest) = whole
            .split_once(char::is_whitespace)
            .unwrap_or((whole.as_str(), ""));
        let name = name.to_ascii_uppercase();
        if matches!(name.as_str(), "ADD" | "COPY" | "RUN") {
            for end in heredocs(rest) {
                let body = lines.by_ref();
                let _ = body
                    .into_iter()
                    .find(|line| line.trim_start_matches('\t') == end);
            }
        }
        found.push(Instruction {
            name,
            rest: rest.trim().to_owned(),
            line: first.to_owned(),
        });
    }
    found
}

/// The words that end the heredocs which a line begins.
fn heredocs(rest: &str) -> Vec<String> {
    let words = rest.split_whitespace();
    let ends = words.filter_map(|word| {
        let end = word.strip_prefix("<<")?.trim_start_matches('-');
        let end = end.trim_matches(['"', '\'']);
        let is_name = |char: char| char.is_alphanumeric() || char == '_';
        (!end.is_empty() && end.chars().all(is_name)).then(|| end.to_owned())
    });
    ends.collect()
}
