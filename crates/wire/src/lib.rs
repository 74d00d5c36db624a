//! The published protobuf packages `redress.{intake,workflow,reporting,log,value}.v1`, as Rust, and the
//! few conversions that several services share. The proto files are the documentation.
//!
//! A request becomes a command, and a view a reply, in the file of the RPC itself, not here.

mod command;
mod convert;
mod sealed;

pub use command::CommandRequest;
// Whoever writes a message as bytes, or takes any message, needs the trait and nothing else of prost.
pub use convert::{
    ConvertError, Moment, moment, money_from_wire, money_to_wire, optional_time, time_from_wire,
    time_to_wire, token_from_wire,
};
pub use prost::Message;

/// All packages with what they import: what gRPC reflection serves.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/redress.binpb"));

macro_rules! package {
    ($name:ident, $file:literal) => {
        pub mod $name {
            #[expect(
                clippy::pedantic,
                clippy::allow_attributes,
                clippy::allow_attributes_without_reason,
                reason = "generated"
            )]
            pub mod v1 {
                tonic::include_proto!($file);
            }
        }
    };
}

package!(intake, "redress.intake.v1");
package!(workflow, "redress.workflow.v1");
package!(reporting, "redress.reporting.v1");
package!(log, "redress.log.v1");

/// Small values that several packages hold. Without a service in it the generated code needs no
/// exception from the lints.
pub mod value {
    pub mod v1 {
        tonic::include_proto!("redress.value.v1");
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::{FileDescriptorProto, FileDescriptorSet, ServiceDescriptorProto};

    use super::FILE_DESCRIPTOR_SET;

    #[test]
    fn reflection_describes_every_service_with_all_that_it_imports() {
        let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
        let names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
        for import in set.file.iter().flat_map(|file| &file.dependency) {
            assert!(names.contains(&import.as_str()), "{import} is missing");
        }
        let services = set.file.iter().flat_map(|file| &file.service);
        let mut services: Vec<&str> = services.map(ServiceDescriptorProto::name).collect();
        services.sort_unstable();
        let expected = [
            "HandlerService",
            "ImprovementService",
            "IntakeService",
            "LogService",
            "MessageService",
            "PolicyService",
            "ReportingService",
            "StatusService",
            "ViewService",
            "WorkflowService",
        ];
        assert_eq!(services, expected);
    }
}
