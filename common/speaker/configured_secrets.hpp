// The keys that configuration files have for neighbors, for a state that has none. The files are read when the first key is missing.
#pragma once

#include <map>
#include <string>

#include "common/config/fields.hpp"
#include "common/process/host.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

class ConfiguredSecrets final : public config::SecretSource {
 public:
  ConfiguredSecrets(const process::Host& host, const SpeakerOptions& options, rib::AttributePool& pool)
      : host_(host), options_(options), pool_(pool) {}

  // One that the files do not have, because they are others by now, has no key: it is on its way out.
  void fill(config::Neighbor& neighbor) const override;

 private:
  void read() const;

  const process::Host& host_;
  const SpeakerOptions& options_;
  rib::AttributePool& pool_;
  mutable bool read_ = false;
  mutable std::map<std::string, config::Neighbor> by_key_;
};

}  // namespace tandem::speaker
