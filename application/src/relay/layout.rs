//! Which topic an event goes to.

use std::fmt;
use std::sync::Arc;

use acta_domain::EVENT_TYPES;

use crate::views::ViewName;

/// The topic that holds every event where there is one for all.
const ALL_EVENTS: &str = "acta.events";

/// The name of a topic; cloned often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(Arc<str>);

impl TopicName {
    /// The topic called `name`.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How events are spread over topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// One topic for each event type, named exactly as the type: `session.created.v1`.
    #[default]
    ByType,
    /// One topic for all, `acta.events`: then a partition has its sessions whole and in order.
    Single,
}

/// The topics of a layout, each with the operator's prefix before its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicNames {
    layout: Layout,
    prefix: String,
}

impl TopicNames {
    /// The topics of `layout`, called after `prefix`, which may be empty.
    pub fn new(layout: Layout, prefix: &str) -> Self {
        Self { layout, prefix: prefix.to_owned() }
    }

    /// The topic for events of the type `event_type`.
    pub fn of_type(&self, event_type: &str) -> TopicName {
        match self.layout {
            Layout::ByType => self.prefixed(event_type),
            Layout::Single => self.prefixed(ALL_EVENTS),
        }
    }

    /// Every topic that events of this version go to.
    pub fn all(&self) -> Vec<TopicName> {
        match self.layout {
            Layout::ByType => EVENT_TYPES.iter().map(|info| self.prefixed(info.name)).collect(),
            Layout::Single => vec![self.prefixed(ALL_EVENTS)],
        }
    }

    /// The name of the relay's cursor over these topics. Other topics are other places, with a cursor of their own.
    pub fn cursor(&self) -> ViewName {
        let layout = match self.layout {
            Layout::ByType => "",
            Layout::Single => "+single",
        };
        let prefix = if self.prefix.is_empty() { String::new() } else { format!("@{}", self.prefix) };
        ViewName::new(&format!("relay.kafka{layout}{prefix}"))
    }

    fn prefixed(&self, name: &str) -> TopicName {
        TopicName(format!("{}{name}", self.prefix).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_called_exactly_as_its_event_type() {
        let names = TopicNames::new(Layout::ByType, "");
        assert_eq!(names.of_type("session.created.v1").as_str(), "session.created.v1");
        assert!(names.all().contains(&TopicName::new("transcript.chunk.v1")));
        assert_eq!(names.all().len(), EVENT_TYPES.len());
    }

    #[test]
    fn other_topics_have_another_cursor() {
        let cursor = |layout, prefix| TopicNames::new(layout, prefix).cursor().as_str().to_owned();
        assert_eq!(cursor(Layout::ByType, ""), "relay.kafka");
        assert_eq!(cursor(Layout::Single, ""), "relay.kafka+single");
        assert_eq!(cursor(Layout::ByType, "here."), "relay.kafka@here.");
    }

    #[test]
    fn one_topic_can_hold_all() {
        let names = TopicNames::new(Layout::Single, "here.");
        assert_eq!(names.of_type("session.created.v1").as_str(), "here.acta.events");
        assert_eq!(names.all(), [names.of_type("transcript.chunk.v1")]);
    }
}
