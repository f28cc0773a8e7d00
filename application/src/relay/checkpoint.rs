//! Up to where everything is acknowledged, as it is kept from one round to the next.
//!
//! It is kept like a view: the position is the view's checkpoint, and each lane that holds something has a row with its mark. An
//! older checkpoint is as right as a newer one: it only leaves more to be read. It moves by compare-and-swap, so a second relay is
//! noticed, and never back.

use std::collections::HashMap;
use std::sync::Arc;

use acta_domain::{SessionId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::{Obstacle, RelayFault};
use super::place::Mark;
use super::{Lane, Offset, TopicName};
use crate::log::Position;
use crate::views::{Columns, RowKey, ViewName, ViewRow, Views, ViewsError};

const SCAN: u32 = 1_000;

/// Where the relay was when it last said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// Every event up to here was acknowledged.
    pub(super) position: Position,
    /// The last record that was acknowledged in each lane. It may be further on than the position.
    pub(super) marks: HashMap<Lane, Mark>,
}

/// The row of a lane.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    offset: Option<u64>,
    position: Position,
    /// How many partitions the topic had.
    partitions: u32,
}

/// Where checkpoints are kept.
pub(super) struct Checkpoints {
    views: Arc<dyn Views>,
    name: ViewName,
}

impl Checkpoints {
    /// The checkpoints called `name` in `views`.
    pub(super) fn new(views: Arc<dyn Views>, name: ViewName) -> Self {
        Self { views, name }
    }

    /// The position alone.
    pub(super) async fn position(&self) -> Result<Position, ViewsError> {
        self.views.checkpoint(&self.name).await
    }

    /// The checkpoint, with the marks of `lanes`, which are all of their topics.
    pub(super) async fn load(&self, lanes: &[Lane]) -> Result<Checkpoint, RelayFault> {
        // The position first: marks that are newer than it are right, older ones are not.
        let position = self.position().await?;
        let partitions = partitions(lanes);
        let mut marks = HashMap::new();
        for (lane, row) in self.rows().await? {
            let Some(&now) = partitions.get(&lane.topic) else { continue };
            if row.partitions != now {
                return Err(Obstacle::Partitions { topic: lane.topic, then: row.partitions, now }.into());
            }
            marks.insert(lane, Mark { offset: row.offset.map(Offset), position: row.position });
        }
        Ok(Checkpoint { position, marks })
    }

    /// Moves the checkpoint from `expected` to `reached`, with all `marks` that there are, of topics with the lanes `lanes`.
    pub(super) async fn keep(
        &self,
        expected: Position,
        reached: Position,
        marks: &[(Lane, Mark)],
        lanes: &[Lane],
    ) -> Result<(), ViewsError> {
        let partitions = partitions(lanes);
        let rows = marks.iter().map(|(lane, mark)| row(lane, *mark, partitions[&lane.topic])).collect();
        self.views.commit(&self.name, expected, reached, rows).await
    }

    /// Keeps that the marks of the lanes of `forgotten` are gone, each with the position that it had, beside the checkpoint
    /// `expected`. While a lane is filled again, by chance the record of its mark may come to stand where the mark was, and would be
    /// taken for it.
    pub(super) async fn doubt(
        &self,
        expected: Position,
        forgotten: &HashMap<Lane, Position>,
        lanes: &[Lane],
    ) -> Result<(), ViewsError> {
        let gone =
            |(lane, position): (&Lane, &Position)| (lane.clone(), Mark { offset: None, position: *position });
        let marks: Vec<_> = forgotten.iter().map(gone).collect();
        if marks.is_empty() { Ok(()) } else { self.keep(expected, expected, &marks, lanes).await }
    }

    async fn rows(&self) -> Result<Vec<(Lane, Row)>, ViewsError> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.views.scan(&self.name, after.as_ref(), SCAN).await?;
            let Some(last) = page.last() else { return Ok(rows) };
            after = Some(last.key.clone());
            for row in &page {
                rows.push(self.read(row)?);
            }
        }
    }

    fn read(&self, row: &ViewRow) -> Result<(Lane, Row), ViewsError> {
        let damaged = |what| ViewsError::Damaged { view: self.name.clone(), what };
        let lane = lane(&row.key.id).ok_or_else(|| damaged(format!("{} is no lane", row.key.id)))?;
        let row = serde_json::from_str(&row.document).map_err(|error| damaged(format!("{lane}: {error}")))?;
        Ok((lane, row))
    }
}

/// How many partitions each topic has.
fn partitions(lanes: &[Lane]) -> HashMap<TopicName, u32> {
    let mut partitions = HashMap::new();
    for lane in lanes {
        *partitions.entry(lane.topic.clone()).or_default() += 1;
    }
    partitions
}

fn row(lane: &Lane, mark: Mark, partitions: u32) -> ViewRow {
    let row = Row { offset: mark.offset.map(|offset| offset.0), position: mark.position, partitions };
    let (tenant, session) = (TenantId::new(Uuid::nil()), SessionId::new(Uuid::nil()));
    ViewRow {
        key: RowKey { tenant, session, id: lane.to_string() },
        columns: Columns::default(),
        document: serde_json::to_string(&row).expect("numbers can always be written as JSON"),
        position: mark.position,
    }
}

/// The lane that [`Lane`]'s `Display` wrote.
fn lane(text: &str) -> Option<Lane> {
    let (topic, partition) = text.rsplit_once('/')?;
    Some(Lane { topic: TopicName::new(topic), partition: partition.parse().ok()? })
}
