//! What a machine can take along where there is no connection: files and proofs (machines §4).

use keystead_app::Cx;
use keystead_app::machines::{self, check_out};
use keystead_domain::access::Role;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::file::{dataset, file_resource};
use super::resource::{Owned, resource};
use crate::body::Body;
use crate::check_outs::{CheckOutBody, CheckOutParameters, Download, ask};
use crate::document::Document;
use crate::fields::Metadata;
use crate::input::Meta;
use crate::listing::Parameters;
use crate::nouns::{MachineFiles, Machines};
use crate::problem::{Error, Result};
use crate::shape::Guards;
use crate::tags::Tag;

/// What a client calls the owner of a machine's license besides `license.owner`.
const ALIAS: (&str, &str) = ("license.user", "license.owner");

/// What is sent to be proven.
#[derive(Debug, Object, Deserialize)]
pub struct OfflineProofMeta {
    /// What the proof shall hold, with its keys in snake case.
    dataset: Metadata,
}

/// What is answered besides the machine.
#[derive(Debug, Object, Serialize)]
pub struct OfflineProof {
    /// The proof: one line that an app can verify without a connection.
    proof: String,
}

/// Files and proofs of machines.
pub struct MachineActionsApi;

#[OpenApi(tag = "Tag::Machines")]
impl MachineActionsApi {
    /// Check a machine out
    ///
    /// Makes a signed file that an app can verify without a connection, on this machine alone when
    /// it is encrypted.
    #[oai(
        path = "/machines/:machine/actions/check-out",
        method = "post",
        operation_id = "checkOutMachine"
    )]
    async fn check_out(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        query: Parameters<CheckOutParameters>,
        body: Body<CheckOutBody>,
    ) -> Result<Document<MachineFiles>> {
        let asked = query.read().and_then(|query| {
            let meta = body.read(&Guards::at(cx.version))?.meta;
            Ok(ask(query, meta, ALIAS))
        });
        let print = |told: check_out::Dataset<'_>| dataset(&cx, told);
        let file = machines::check_out::<Error>(&cx, &machine, asked, print).await?;
        Ok(Document::of(file_resource(&cx, file)))
    }

    /// Download a machine's file
    ///
    /// The same file, to be saved as it is.
    #[oai(
        path = "/machines/:machine/actions/check-out",
        method = "get",
        operation_id = "downloadMachineFile"
    )]
    async fn download(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        query: Parameters<CheckOutParameters>,
    ) -> Result<Download> {
        let asked = query.read().map(|query| ask(query, None, ALIAS));
        let print = |told: check_out::Dataset<'_>| dataset(&cx, told);
        let file = machines::check_out::<Error>(&cx, &machine, asked, print).await?;
        let name = format!("{}.lic", file.machine);
        Ok(Download::of(file.certificate, &name))
    }

    /// Prove a machine's activation
    ///
    /// One signed line, of the machine and its license or of what the vendor sends. Deprecated:
    /// machine files say more.
    #[oai(
        path = "/machines/:machine/actions/generate-offline-proof",
        method = "post",
        operation_id = "generateMachineProof"
    )]
    async fn prove(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<Meta<Option<OfflineProofMeta>>>,
    ) -> Result<Owned<Document<Machines, OfflineProof>>> {
        let machine = machines::provable(&cx, &machine).await?;
        let customer = matches!(cx.bearer()?.role, Role::User | Role::License);
        let guards = Guards::at(cx.version).allow(!customer, &["meta"]);
        let sent = body.read(&guards)?.meta;
        let dataset = sent.map(|meta| meta.dataset.into());
        let (machine, proof) = machines::prove(&cx, machine, dataset).await?;
        Ok(Owned::of(
            &machine.clone(),
            Document::of(resource(machine)).with_meta(OfflineProof { proof }),
        ))
    }
}
