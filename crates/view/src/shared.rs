//! What the handles and the tasks of one view share.

use std::sync::{Arc, PoisonError, RwLock};

use redress_envelope::Token;
use redress_event_log::Source;
use tokio::sync::watch;

use crate::fold::Folder;
use crate::generation::Generation;
use crate::progress::Followed;
use crate::read::Unavailable;
use crate::status::Building;
use crate::stop::Stop;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) folder: Folder,
    pub(crate) followed: Vec<Followed>,
    /// In the order of `followed`; none once the view is closed, so that the logs can close.
    sources: RwLock<Vec<Arc<dyn Source>>>,
    serving: RwLock<Option<Arc<Generation>>>,
    /// What the served rows include.
    pub(crate) token: watch::Sender<Token>,
    /// Why the served rows go no further.
    pub(crate) stopped: watch::Sender<Option<Stop>>,
    pub(crate) building: watch::Sender<Option<Building>>,
    pub(crate) closed: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn new(
        folder: Folder,
        followed: Vec<Followed>,
        sources: Vec<Arc<dyn Source>>,
    ) -> Self {
        let mut token = Token::new();
        for source in &followed {
            token.include(&source.service, source.partition, source.log(), 0);
        }
        Self {
            folder,
            followed,
            sources: RwLock::new(sources),
            serving: RwLock::new(None),
            token: watch::Sender::new(token),
            stopped: watch::Sender::new(None),
            building: watch::Sender::new(None),
            closed: watch::Sender::new(false),
        }
    }

    pub(crate) fn sources(&self) -> Vec<Arc<dyn Source>> {
        self.sources
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn served(&self) -> Option<Arc<Generation>> {
        self.serving
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn serve(&self, generation: Arc<Generation>) {
        let token = generation.progress().token(&self.followed);
        let replaced = self
            .serving
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(generation);
        if let Some(replaced) = replaced {
            replaced.retire();
        }
        self.stopped.send_replace(None);
        self.token.send_replace(token);
    }

    /// Serves nothing until the next generation is given.
    pub(crate) fn take_served(&self) -> Option<Arc<Generation>> {
        self.serving
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Serves again what was [taken](Self::take_served), and is stopped as it was.
    pub(crate) fn put_back(&self, generation: Arc<Generation>) {
        *self.serving.write().unwrap_or_else(PoisonError::into_inner) = Some(generation);
    }

    /// A generation has written a batch.
    pub(crate) fn committed(&self, generation: &Arc<Generation>) {
        let progress = generation.progress();
        if self
            .served()
            .is_some_and(|served| Arc::ptr_eq(&served, generation))
        {
            self.token.send_replace(progress.token(&self.followed));
        } else {
            let positions = progress.positions(&self.followed);
            self.building.send_if_modified(|building| match building {
                Some(building) => building.reach(&positions),
                None => false,
            });
        }
    }

    /// The served rows, or why there are none.
    pub(crate) fn readable(&self) -> Result<Arc<Generation>, Unavailable> {
        if let Some(stop) = self
            .stopped
            .borrow()
            .as_ref()
            .filter(|stop| stop.rows_are_false())
        {
            return Err(Unavailable::Stopped(stop.clone()));
        }
        if let Some(generation) = self.served() {
            return Ok(generation);
        }
        if *self.closed.borrow() {
            return Err(Unavailable::Closed);
        }
        match self.building.borrow().as_ref() {
            Some(Building {
                stopped: Some(stop),
                ..
            }) => Err(Unavailable::Stopped(stop.clone())),
            Some(building) => Err(Unavailable::Rebuilding {
                done: building.done(),
                total: building.total(),
            }),
            None => Err(Unavailable::Rebuilding { done: 0, total: 0 }),
        }
    }

    /// Lets go of files and logs.
    pub(crate) fn close(&self) {
        self.serving
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.sources
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.closed.send_replace(true);
    }
}
