@api/v1
Feature: A harness that can be trusted with licenses
  Background:
    Given the following "accounts" exist:
      | name      | slug      |
      | Lighthouse | lighthouse |
    And I send and accept JSON

  Scenario: The keeper lists what was sold
    Given I am an admin of account "lighthouse"
    And the current account is "lighthouse"
    And the current account has 1 "product"
    And the current account has 1 "policy" for the first "product"
    And the current account has 3 "licenses" for the first "policy"
    And I use an authentication token
    When I send a GET request to "/accounts/lighthouse/licenses"
    Then the response status should be "200"
    And the response body should be an array with 3 "licenses"
    And the response should contain a valid signature header for "lighthouse"
    And sidekiq should have 0 "event-log" jobs

  Scenario: A key speaks for itself
    Given the current account is "lighthouse"
    And the current account has 1 "policy" with the following:
      """
      { "authenticationStrategy": "LICENSE" }
      """
    And the current account has 1 "license" for the first "policy" with the following:
      """
      { "name": "Lamp", "key": "shine-on" }
      """
    And I am a license of account "lighthouse"
    And I authenticate with my key
    When I send a GET request to "/accounts/lighthouse/me"
    Then the response status should be "200"
    And the response body should be a "license" with the key "shine-on"
    And the response body should be a "license" with the following attributes:
      """
      {
        "name": "Lamp",
        "suspended": false,
        "maxMachines": null
      }
      """

  Scenario: A lamp is named and counted
    Given I am an admin of account "lighthouse"
    And the current account is "lighthouse"
    And I use an authentication token
    When I send a POST request to "/accounts/lighthouse/products" with the following:
      """
      { "data": { "type": "products", "attributes": { "name": "Lamp" } } }
      """
    Then the response status should be "201"
    And the response body should be a "product" with the name "Lamp"
    And the current account should have 1 "product"
    And the first "product" should have the following attributes:
      """
      {
        "name": "Lamp"
      }
      """
    And sidekiq should have 1 "event-log" job

  Scenario: Nobody is let in
    Given the current account is "lighthouse"
    And the current account has 2 "products"
    When I send a GET request to "/accounts/lighthouse/products/$1"
    Then the response status should be "401"
    And the response body should be an array of 1 error
    And the first error should have the following properties:
      """
      {
        "title": "Unauthorized",
        "code": "TOKEN_MISSING"
      }
      """
